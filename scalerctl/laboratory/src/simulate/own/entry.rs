//! A policy or an alarm of a file.

use std::path::{Path, PathBuf};

use scalerctl_console::Failure;
use serde_json::Value;
use simulator::{AlarmAction, AlarmSpec, JsonError, PolicyPut, alarm_from_json, policy_from_json};

use super::intrinsic;

/// What the `ResourceId` of a configuration alone begins with: its endpoint, if it names one, is all that it has.
pub const WITHOUT_VARIANT: &str = "configuration of ";

/// How a file spells the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As the API: `PolicyName`.
    Api,
    /// As Terraform: `policy_name`.
    Terraform,
}

/// A policy or an alarm of a file, in the JSON of the AWS CLI.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The file.
    pub file: PathBuf,
    /// Where it stands in the file.
    pub path: String,
    /// How the file spells its fields.
    pub spelling: Spelling,
    /// Its fields.
    pub value: Value,
}

/// What the files have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entries {
    /// Scaling policies.
    pub policies: Vec<Entry>,
    /// Metric alarms.
    pub alarms: Vec<Entry>,
    /// The number of composite alarms, which trigger no scaling policy.
    pub composite_alarms: usize,
    /// The number of policies of other services.
    pub of_other_services: usize,
}

impl Entries {
    /// Adds those of another file.
    pub fn extend(&mut self, other: Self) {
        self.policies.extend(other.policies);
        self.alarms.extend(other.alarms);
        self.composite_alarms += other.composite_alarms;
        self.of_other_services += other.of_other_services;
    }
}

impl Entry {
    /// An entry in the spelling of the API.
    pub fn new(file: &Path, path: impl Into<String>, value: Value) -> Self {
        Self { file: file.to_owned(), path: path.into(), spelling: Spelling::Api, value }
    }

    /// A field that is a text.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.value.get(field)?.as_str()
    }

    /// The policy.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the file, the entry, and the field that is not valid.
    pub fn policy(&self) -> Result<PolicyPut, Failure> {
        intrinsic::refuse(&self.value, &self.path)
            .and_then(|()| policy_from_json(self.value.clone(), &self.path))
            .map_err(|error| self.refused(error))
    }

    /// The alarm.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] with the file, the entry, and the field that is not valid.
    pub fn alarm(&self) -> Result<AlarmSpec, Failure> {
        intrinsic::refuse(&self.value, &self.path)
            .and_then(|()| alarm_from_json(self.value.clone(), &self.path))
            .map_err(|error| self.refused(error))
    }

    /// The actions of the alarm in any state.
    pub fn actions(&self) -> Vec<AlarmAction> {
        let lists = ["AlarmActions", "OKActions", "InsufficientDataActions"];
        let arns = lists.iter().filter_map(|list| self.value.get(list)?.as_array()).flatten();
        arns.filter_map(|arn| arn.as_str().map(AlarmAction::from_arn)).collect()
    }

    /// A problem with this entry.
    pub fn refused(&self, mut error: JsonError) -> Failure {
        let name = self.text("PolicyName").or(self.text("AlarmName")).map(str::to_owned);
        error.entry = error.entry.or(name);
        if self.spelling == Spelling::Terraform && error.field.starts_with(&self.path) {
            let (path, field) = error.field.split_at(self.path.len());
            error.field = format!("{path}{}", snake_case(field));
        }
        refused(&self.file, &error)
    }
}

/// A problem with a file of `--own`.
pub fn refused(file: &Path, error: &JsonError) -> Failure {
    Failure::Usage(format!("--own {}: {error}", file.display()))
}

/// `.AlarmActions[0]` as `.alarm_actions[0]`.
fn snake_case(field: &str) -> String {
    let field = field.replace("OKActions", "OkActions");
    let mut snake = String::new();
    for letter in field.chars() {
        if letter.is_ascii_uppercase() && snake.ends_with(|it: char| it.is_ascii_alphanumeric()) {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}
