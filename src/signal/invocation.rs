//! Calls of `InvokeEndpointAsync` that CloudTrail reports (CloudTrail User Guide, "CloudTrail record contents", and
//! EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"). They need a trail that logs the data
//! events of endpoints. The request's parameters are not logged: the endpoint is only in the ARNs of `resources`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    json,
    types::{Meaning, Read, What, Why},
};

/// One call that CloudTrail reports.
pub(super) fn on_event_bus(event: &Value) -> Read {
    let of_sagemaker = json::text(event, "/detail/eventSource") == Some("sagemaker.amazonaws.com");
    if !of_sagemaker || json::text(event, "/detail/eventName") != Some("InvokeEndpointAsync") {
        return Ok(Meaning::Ignored(Why::OtherEvent));
    }
    if json::at(event, "/detail/errorCode").is_some_and(|code| !code.is_null()) {
        return Ok(Meaning::Ignored(Why::FailedInvocation));
    }
    let arns = json::elements(event, "/detail/resources").iter();
    let called: Vec<EndpointArn<'_>> =
        arns.filter_map(|each| EndpointArn::read(json::text(each, "/ARN")?)).collect();
    if called.is_empty() {
        return Err("detail.resources has no ARN of an endpoint".to_owned());
    }
    let ours = called.iter().filter(|arn| arn.is_where(event));
    let endpoints: BTreeSet<&str> = ours.map(|arn| arn.endpoint).collect();
    if endpoints.is_empty() {
        return Ok(Meaning::Ignored(Why::InvocationElsewhere));
    }
    let at = json::time(event, "/detail/eventTime").or_else(|| json::time(event, "/time"));
    let endpoints = endpoints.into_iter().map(str::to_owned).collect();
    Ok(Meaning::Signal(What::Invocation { endpoints, at }))
}

struct EndpointArn<'a> {
    region: &'a str,
    account: &'a str,
    endpoint: &'a str,
}

impl<'a> EndpointArn<'a> {
    fn read(arn: &'a str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let is_of_sagemaker = parts.next() == Some("arn") && parts.nth(1) == Some("sagemaker");
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let endpoint = resource.strip_prefix("endpoint/").filter(|name| !name.is_empty())?;
        is_of_sagemaker.then_some(Self { region, account, endpoint })
    }

    /// Whether this is an endpoint of the account and Region that the event is from.
    fn is_where(&self, event: &Value) -> bool {
        let same = |pointer, ours| json::text(event, pointer).is_none_or(|theirs| theirs == ours);
        same("/account", self.account) && same("/region", self.region)
    }
}
