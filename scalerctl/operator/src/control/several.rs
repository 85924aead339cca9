//! Which endpoints a command has, and the question before it starts instances.

use aws_config::SdkConfig;
use reactive_scaler::{
    aws::SdkAws,
    port::{AwsFailure, Scaling},
};
use scalerctl_console::{Failure, confirmation::confirmed, suggested::Suggested};

use super::args::beside_all;
use crate::{
    account::{
        CallError, EndpointArg,
        fleet::FleetReader,
        name_or_pattern::{NameOrPattern, given},
    },
    local_scaler::args::{ScalerArgs, SeveralArgs},
};

/// The endpoint, if the arguments name one and no pattern.
///
/// # Errors
///
/// [`Failure::Usage`] if there are names beside `--all`.
pub fn only(arguments: &SeveralArgs) -> Result<Option<ScalerArgs>, Failure> {
    match arguments.endpoints.as_slice() {
        [NameOrPattern::One(endpoint)] if !arguments.common.all => {
            Ok(Some(of(endpoint.clone(), arguments)))
        }
        [first, ..] if arguments.common.all => {
            let word = match first {
                NameOrPattern::One(endpoint) => &endpoint.given,
                NameOrPattern::Pattern(pattern) => pattern,
            };
            Err(Failure::Usage(beside_all(word)))
        }
        _ => Ok(None),
    }
}

/// The arguments for each endpoint, by name.
///
/// # Errors
///
/// [`Failure::NoAccess`] if the registered endpoints cannot be read, [`Failure::Usage`] if a pattern matches none, or
/// none is registered.
pub async fn all(config: &SdkConfig, arguments: &SeveralArgs) -> Result<Vec<ScalerArgs>, Failure> {
    let no_access = |failure: AwsFailure| Failure::NoAccess(CallError::from(failure).with_advice());
    let mut endpoints = given(&arguments.endpoints);
    if arguments.endpoints.iter().any(|name| name.pattern().is_some()) || arguments.common.all {
        let aws = SdkAws::new(config);
        let targets = aws.targets().await.map_err(no_access)?;
        let fleet = FleetReader::registered(&aws).read(&arguments.endpoints, &targets).await?;
        // A registration whose endpoint was deleted has nothing to change. One that cannot be read has its line.
        let exists = fleet.endpoints.into_iter().filter(|(_, found)| !matches!(found, Ok(None)));
        endpoints.extend(exists.map(|(name, _)| EndpointArg { given: name.clone(), name }));
    }
    endpoints.sort_by(|a, b| a.name.cmp(&b.name));
    endpoints.dedup_by(|a, b| a.name == b.name);
    if endpoints.is_empty() {
        return Err(Failure::Usage(format!(
            "no async endpoint is registered in this account and region (what to do: `{}` lists the async endpoints that \
             are not registered, with the command that registers them)",
            Suggested::scalerctl("status")
        )));
    }
    Ok(endpoints.into_iter().map(|endpoint| of(endpoint, arguments)).collect())
}

fn of(endpoint: EndpointArg, arguments: &SeveralArgs) -> ScalerArgs {
    ScalerArgs { endpoint, options: arguments.options.clone() }
}

/// Says how many endpoints are changed and how many instances this starts, and asks if it is more than one.
///
/// # Errors
///
/// [`Failure::Usage`] without confirmation.
pub fn announce(
    command: &str,
    endpoints: usize,
    instances: i32,
    arguments: &SeveralArgs,
) -> Result<(), Failure> {
    if arguments.options.dry_run {
        return Ok(());
    }
    let starts = match instances {
        0 => "starts no instance".to_owned(),
        1 => "starts 1 instance".to_owned(),
        many => format!("starts {many} instances, and each costs money until it stops"),
    };
    let plural = if endpoints == 1 { "" } else { "s" };
    anstream::eprintln!("{command} changes {endpoints} endpoint{plural} and {starts}");
    if instances <= 1 {
        return Ok(());
    }
    confirmed(arguments.common.yes, "nothing was changed")
}
