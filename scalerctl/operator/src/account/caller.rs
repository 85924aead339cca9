//! AWS STS: whose credentials these are.

use aws_config::SdkConfig;
use aws_sdk_sts::Client;

use super::call_error::{CallError, CallResult};

/// GetCallerIdentity: the account number. It needs no permission.
///
/// # Errors
///
/// If the call fails, or the answer names no account.
pub async fn account_number(config: &SdkConfig) -> CallResult<String> {
    let action = "sts:GetCallerIdentity";
    let answer = Client::new(config).get_caller_identity().send().await;
    let answer = answer.map_err(|error| CallError::of(action, "*", &error))?;
    let number = answer.account().map(str::to_owned);
    number.ok_or_else(|| CallError::answered(action, "*", "AWS named no account".to_owned()))
}
