//! An endpoint on the command line: its name or its ARN.

use std::str::FromStr;

use aws_config::SdkConfig;
use reactive_scaler::{config::is_sagemaker_name, port::FailureKind};
use scalerctl_console::{Failure, suggested::Suggested};

use super::{arn::Arn, sagemaker::SageMaker};

/// The resource part of an endpoint's ARN, before the name.
const RESOURCE: &str = "endpoint/";

/// An endpoint on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointArg {
    /// The name. An ARN has it in lower case.
    pub name: String,
    /// What the user gave: the name or the ARN.
    pub given: String,
}

impl FromStr for EndpointArg {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let name = match Arn::of(given) {
            Some(arn) if arn.service == "sagemaker" => arn.resource.strip_prefix(RESOURCE),
            Some(_) => None,
            None if given.starts_with("arn:") => None,
            None => Some(given),
        };
        let name = name.ok_or(
            "not the ARN of an endpoint\nwhat to do: use arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME, or \
             only NAME",
        )?;
        if !is_sagemaker_name(name) {
            return Err("not a valid endpoint name\nwhat to do: use 1 to 63 letters, digits, and hyphens between \
                        them"
                .to_owned());
        }
        Ok(Self { name: name.to_owned(), given: given.to_owned() })
    }
}

/// Checks that DescribeEndpoint returns the endpoint of the ARN: the calls pass only its name, so the credentials
/// of another account would read or change an endpoint with the same name there. A call that fails is reported by
/// the command itself.
///
/// # Errors
/// [`Failure::Usage`] if the ARN names another account, or the name has letters in upper case.
pub async fn check_arns(config: &SdkConfig, endpoints: &[&EndpointArg]) -> Result<(), Failure> {
    for EndpointArg { name, given } in endpoints {
        let Some(arn) = Arn::of(given) else { continue };
        let sagemaker = SageMaker::new(config);
        let found = match sagemaker.endpoint(name).await {
            Ok(found) => found,
            Err(error) if error.kind() == FailureKind::EndpointMissing => {
                check_letters(&sagemaker, name, given).await?;
                continue;
            }
            Err(_) => continue,
        };
        if let Some(of_found) = Arn::of(&found.arn)
            && of_found.account != arn.account
        {
            return Err(Failure::Usage(format!(
                "{given} is in the account {}, and your credentials are of the account {} (what to do: use \
                 credentials of that account, for example with --profile)",
                arn.account, of_found.account
            )));
        }
        if found.name != *name {
            return Err(in_lower_case(given, &found.name));
        }
    }
    Ok(())
}

/// There is no endpoint with the name in the ARN: its name can have letters in upper case.
async fn check_letters(sagemaker: &SageMaker, name: &str, given: &str) -> Result<(), Failure> {
    match sagemaker.name_of(given).await {
        Ok(Some(found)) if found != name => Err(in_lower_case(given, &found)),
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::Usage(format!(
            "there is no endpoint {name}, and {given} has the name in lower case, as every ARN (what to do: if the \
             endpoint's name has letters in upper case, use the name; to list the names, `{}`)",
            Suggested::aws("sagemaker list-endpoints --query 'Endpoints[].EndpointName'")
        ))),
    }
}

fn in_lower_case(given: &str, name: &str) -> Failure {
    Failure::Usage(format!(
        "{given} has the name in lower case, as every ARN (what to do: use the name {name})"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_given_or_from_the_arn() {
        for (given, name) in [
            ("My-Endpoint", Some("My-Endpoint")),
            ("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/my-endpoint", Some("my-endpoint")),
            ("arn:aws-cn:sagemaker:cn-north-1:123456789012:endpoint/a", Some("a")),
            ("arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/a", None),
            ("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/a/b", None),
            ("arn:aws:sagemaker:eu-west-1:123456789012:endpoint/", None),
            ("arn:aws:lambda:eu-west-1:123456789012:function:a", None),
            ("arn:aws:sagemaker", None),
            ("", None),
            ("my-*", None),
        ] {
            let parsed = given.parse::<EndpointArg>().ok().map(|endpoint| endpoint.name);
            assert_eq!(parsed.as_deref(), name, "{given}");
        }
    }
}
