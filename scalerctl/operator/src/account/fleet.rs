//! The async endpoints of the account that a command means: registered in Application Auto Scaling, and others.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use reactive_scaler::{
    aws::SdkAws,
    port::{AwsResult, Endpoint, Endpoints, ScalableTarget},
};
use scalerctl_console::Failure;

use super::{
    call_error::CallError,
    name_or_pattern::{NameOrPattern, check_matches, takes},
    sagemaker::SageMaker,
};

/// Number of DescribeEndpoint calls at the same time.
const AT_ONCE: usize = 8;

/// The most endpoints without a registration that are examined: each costs a call, and the real-time endpoints of the
/// account are among them.
const MOST_OTHERS: usize = 300;

/// The answer of DescribeEndpoint for each name.
pub type Described = BTreeMap<String, AwsResult<Option<Endpoint>>>;

/// The endpoints that no name on the command line gave one by one.
#[derive(Debug, Default)]
pub struct Fleet {
    /// Each endpoint. A registered one also if it is missing or cannot be read.
    pub endpoints: Described,
    /// What is not known about others.
    pub notes: Vec<String>,
}

/// Finds the endpoints.
#[derive(Debug)]
pub struct FleetReader<'a> {
    aws: &'a SdkAws,
    /// Lists the endpoints without a registration. `None`: they do not matter.
    others: Option<&'a SageMaker>,
    /// Endpoints that are not async. A command that repeats does not read them again.
    passed_over: BTreeSet<String>,
}

impl<'a> FleetReader<'a> {
    /// Of the registered endpoints only.
    pub fn registered(aws: &'a SdkAws) -> Self {
        Self { aws, others: None, passed_over: BTreeSet::new() }
    }

    /// Of all async endpoints.
    pub fn all(aws: &'a SdkAws, sagemaker: &'a SageMaker) -> Self {
        Self { others: Some(sagemaker), ..Self::registered(aws) }
    }

    /// The async endpoints that match a pattern, or all if there are no names.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if a pattern matches none.
    pub async fn read(
        &mut self,
        names: &[NameOrPattern],
        targets: &[ScalableTarget],
    ) -> Result<Fleet, Failure> {
        let is_one_by_one = |name: &NameOrPattern| name.pattern().is_none();
        if !names.is_empty() && names.iter().all(is_one_by_one) {
            return Ok(Fleet::default());
        }
        let registered: BTreeSet<String> =
            targets.iter().map(|target| target.id.endpoint.clone()).collect();
        let mut notes = Vec::new();
        let listed = self.unregistered(names, &registered, &mut notes).await;
        let wanted = registered.iter().filter(|name| takes(names, name)).cloned();
        let wanted: Vec<String> = wanted.chain(listed).collect();
        let aws = self.aws;
        let asked = wanted.into_iter().map(|name| async move {
            let found = aws.endpoint(&name).await;
            (name, found)
        });
        let described = stream::iter(asked).buffer_unordered(AT_ONCE);
        let mut endpoints: Described = described.collect().await;
        // The function does not scale real-time endpoints. Of the others, only async ones matter.
        let is_other = |found: &AwsResult<Option<Endpoint>>, name: &str| match found {
            Ok(Some(endpoint)) => !endpoint.asynchronous,
            Ok(None) | Err(_) => !registered.contains(name),
        };
        endpoints.retain(|name, found| {
            let is_other = is_other(found, name);
            if is_other {
                self.passed_over.insert(name.clone());
            }
            !is_other
        });
        let what = match self.others {
            Some(_) => "async endpoint of this account and region",
            None => "registered async endpoint",
        };
        check_matches(names, endpoints.keys().map(String::as_str), what)?;
        Ok(Fleet { endpoints, notes })
    }

    /// The names of the endpoints without a registration that may be async.
    async fn unregistered(
        &self,
        names: &[NameOrPattern],
        registered: &BTreeSet<String>,
        notes: &mut Vec<String>,
    ) -> Vec<String> {
        let Some(sagemaker) = self.others else { return Vec::new() };
        let listed = match sagemaker.names(None).await {
            Ok(listed) => listed,
            Err(error) => {
                notes.push(format!(
                    "endpoints that are not registered are not shown: {}",
                    CallError::with_advice(&error)
                ));
                return Vec::new();
            }
        };
        let is_new = |name: &String| {
            takes(names, name) && !registered.contains(name) && !self.passed_over.contains(name)
        };
        let mut others: Vec<String> = listed.into_iter().filter(is_new).collect();
        if others.len() > MOST_OTHERS {
            notes.push(format!(
                "{} endpoints that are not registered were not examined; to examine some of them, use a pattern",
                others.len() - MOST_OTHERS
            ));
            others.truncate(MOST_OTHERS);
        }
        others
    }
}
