//! The table of shapes: the facts of AWS's service models about the operations of `operations.json`.

use std::{
    collections::BTreeMap,
    sync::{LazyLock, OnceLock},
};

use regex_lite::Regex;
use serde::Deserialize;

const SHAPES: &str = include_str!("shapes.json");

static TABLE: LazyLock<BTreeMap<String, Service>> =
    // A test reads the table. Without it, each operation would be answered as unknown.
    LazyLock::new(|| serde_json::from_str(SHAPES).unwrap_or_default());

/// The first service that `is` accepts, with its name.
pub(super) fn service(
    is: impl Fn(&str, &Service) -> bool,
) -> Option<(&'static str, &'static Service)> {
    let found = TABLE.iter().find(|(name, service)| is(name, service));
    found.map(|(name, service)| (name.as_str(), service))
}

/// A service.
#[derive(Debug, Deserialize)]
pub(super) struct Service {
    /// The first part of `X-Amz-Target`. Absent if the service does not speak awsJson.
    pub(super) target: Option<String>,
    /// The version of awsJson.
    pub(super) json: Option<String>,
    /// `Version` in a form.
    pub(super) version: String,
    /// The namespace of the answers in XML.
    pub(super) xmlns: Option<String>,
    /// Whether clients that know the errors of awsQuery can ask for their codes.
    #[serde(default)]
    pub(super) query_compatible: bool,
    pub(super) operations: BTreeMap<String, Operation>,
    /// The errors of the operations, by the name of their shape.
    pub(super) errors: BTreeMap<String, ErrorShape>,
    shapes: BTreeMap<String, Shape>,
}

impl Service {
    pub(super) fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }

    /// The error with this name or, in awsQuery, this code.
    pub(super) fn error(&self, code: &str) -> Option<(&str, &ErrorShape)> {
        let named = self.errors.get_key_value(code);
        let coded = || self.errors.iter().find(|(_, it)| it.code.as_deref() == Some(code));
        named.or_else(coded).map(|(name, it)| (name.as_str(), it))
    }
}

/// An operation: the names of its shapes.
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub(super) input: Option<String>,
    pub(super) output: Option<String>,
    /// The element of an answer in XML that contains the output.
    pub(super) wrapper: Option<String>,
}

/// An error of an operation.
#[derive(Debug, Deserialize)]
pub(super) struct ErrorShape {
    /// The code in awsQuery, if it is not the name.
    pub(super) code: Option<String>,
    /// The HTTP status, if it is not the usual one.
    pub(super) status: Option<u16>,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Structure,
    List,
    Map,
    String,
    Blob,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Timestamp,
}

/// A type with its constraints.
#[derive(Debug, Deserialize)]
pub(super) struct Shape {
    #[serde(rename = "type")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) members: BTreeMap<String, Member>,
    #[serde(default)]
    pub(super) required: Vec<String>,
    /// The shape of an item of a list.
    #[serde(default)]
    pub(super) of: String,
    /// The name of an item of a list in forms and XML, if it is not `member`.
    pub(super) name: Option<String>,
    /// The shape of a key of a map.
    #[serde(default)]
    pub(super) key: String,
    /// The shape of a value of a map.
    #[serde(default)]
    pub(super) value: String,
    pub(super) key_name: Option<String>,
    pub(super) value_name: Option<String>,
    /// Whether the items are in forms and XML without an element around them.
    #[serde(default)]
    pub(super) flat: bool,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    #[serde(rename = "enum")]
    pub(super) values: Option<Vec<String>>,
    pub(super) pattern: Option<String>,
    /// Whether the pattern is one that [`regex_lite`] cannot read.
    #[serde(default)]
    unchecked: bool,
    #[serde(skip)]
    regex: OnceLock<Option<Regex>>,
}

impl Shape {
    /// The pattern that the whole text must match, compiled once.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let compiled = || {
            let pattern = self.pattern.as_ref().filter(|_| !self.unchecked)?;
            Regex::new(&format!("^(?:{pattern})$")).ok()
        };
        self.regex.get_or_init(compiled).as_ref()
    }
}

/// A member of a structure.
#[derive(Debug, Deserialize)]
#[serde(from = "MemberRow")]
pub(super) struct Member {
    pub(super) shape: String,
    /// Its name in forms and XML, if it has another one there.
    pub(super) name: Option<String>,
    pub(super) flat: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum MemberRow {
    Shape(String),
    Named {
        shape: String,
        name: Option<String>,
        #[serde(default)]
        flat: bool,
    },
}

impl From<MemberRow> for Member {
    fn from(row: MemberRow) -> Self {
        match row {
            MemberRow::Shape(shape) => Self { shape, name: None, flat: false },
            MemberRow::Named { shape, name, flat } => Self { shape, name, flat },
        }
    }
}
