//! doctor on several endpoints.

use futures_util::{StreamExt, stream};
use reactive_scaler::port::Scaling;
use scalerctl_console::{Failure, progress::Progress};

use super::{
    args::DoctorArgs,
    clients::Account,
    diagnose,
    several_reports::{Examined, SeveralReports},
};
use crate::account::{CallError, fleet::FleetReader, name_or_pattern::given};

/// Endpoints at the same time. Each takes about twenty calls.
const AT_ONCE: usize = 4;

/// Examines the endpoints.
///
/// # Errors
///
/// If the endpoints cannot be listed, or there is none.
pub async fn examined(
    account: &Account,
    arguments: &DoctorArgs,
    progress: &Progress,
) -> Result<SeveralReports, Failure> {
    let aws = account.aws();
    let targets = aws.targets().await;
    let targets =
        targets.map_err(|failure| Failure::NoAccess(CallError::from(failure).with_advice()))?;
    let mut reader = FleetReader::all(&aws, &account.sagemaker);
    let fleet = reader.read(&arguments.endpoints, &targets).await?;
    let mut names: Vec<String> = fleet.endpoints.into_keys().collect();
    names.extend(given(&arguments.endpoints).into_iter().map(|endpoint| endpoint.name));
    names.sort();
    names.dedup();
    if names.is_empty() {
        let message = "there is no async endpoint in this account and region";
        return Err(Failure::Usage(message.to_owned()));
    }
    let examined = names.iter().map(|name| examine(account, name, arguments, progress));
    let all = stream::iter(examined).buffered(AT_ONCE).collect().await;
    Ok(SeveralReports { region: account.region.clone(), all, notes: fleet.notes })
}

async fn examine(
    account: &Account,
    name: &str,
    arguments: &DoctorArgs,
    progress: &Progress,
) -> Examined {
    let report = diagnose(account, name, arguments, progress).await;
    report.map_err(|failure| (name.to_owned(), failure))
}
