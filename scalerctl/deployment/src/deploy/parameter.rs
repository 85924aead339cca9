//! A parameter of the template.

use std::str::FromStr;

use serde::Serialize;

/// A parameter of the template, and why it has this value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Why.
    pub reason: String,
}

impl Parameter {
    /// A parameter with its reason.
    pub fn new(name: &str, value: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into(), reason: reason.into() }
    }

    /// `NAME=VALUE` for `sam deploy --parameter-overrides`. The SAM CLI reads a value up to the next space, unless it is
    /// in quotation marks, and ignores a name without a value.
    pub fn argument(&self) -> String {
        let plain = |it: char| it.is_ascii_alphanumeric() || "-_./:,@+*!".contains(it);
        match &self.value {
            empty if empty.is_empty() => format!("{}=''", self.name),
            value if value.chars().all(plain) => format!("{}={value}", self.name),
            value => {
                let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
                format!("{}=\"{escaped}\"", self.name)
            }
        }
    }
}

impl FromStr for Parameter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = text.split_once('=').filter(|(name, _)| {
            !name.is_empty() && name.chars().all(|it| it.is_ascii_alphanumeric())
        });
        let (name, value) =
            found.ok_or("not NAME=VALUE\nwhat to do: use for example JobMinutes=30")?;
        Ok(Self::new(name, value, "you set it"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Parameter;

    #[test]
    fn the_sam_cli_reads_a_value_as_it_was_given() {
        for (given, argument) in [
            ("InputPrefix=async/in/", "InputPrefix=async/in/"),
            ("EndpointName=", "EndpointName=''"),
            ("AlarmEmail=a@b.com", "AlarmEmail=a@b.com"),
            (r#"ExtraRoutes=[{"endpoint":"b"}]"#, r#"ExtraRoutes="[{\"endpoint\":\"b\"}]""#),
            ("EndpointTag=team a=b", r#"EndpointTag="team a=b""#),
        ] {
            assert_eq!(given.parse::<Parameter>().unwrap().argument(), argument);
        }
        for wrong in ["", "a", "=b", "a b=c"] {
            assert!(wrong.parse::<Parameter>().is_err(), "{wrong}");
        }
    }
}
