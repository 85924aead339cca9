//! The calls that the function never makes: reads, and PutScheduledAction for the test.

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use jiff::Timestamp;
use reactive_scaler::port::{Datapoint, VariantId};

use crate::{
    account::call_error::{CallError, CallResult},
    local_scaler::LocalScaler,
};

/// Any time that the SDK gives.
fn time(at: Option<&aws_sdk_cloudwatch::primitives::DateTime>) -> Option<Timestamp> {
    let at = at?;
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}

/// `LastModifiedTime` of DescribeEndpoint.
pub async fn last_modified(scaler: &LocalScaler) -> CallResult<Option<Timestamp>> {
    let name = scaler.endpoint();
    let answer = aws_sdk_sagemaker::Client::new(&scaler.config)
        .describe_endpoint()
        .endpoint_name(name)
        .send()
        .await
        .map_err(|error| CallError::of("sagemaker:DescribeEndpoint", name, &error))?;
    Ok(time(answer.last_modified_time()))
}

/// DescribeScalingActivities: the activities that began since then, the newest first.
pub async fn activities(
    scaler: &LocalScaler,
    id: &VariantId,
    since: Timestamp,
) -> CallResult<Vec<String>> {
    use aws_sdk_applicationautoscaling::types::ServiceNamespace;
    let answer = aws_sdk_applicationautoscaling::Client::new(&scaler.config)
        .describe_scaling_activities()
        .service_namespace(ServiceNamespace::Sagemaker)
        .resource_id(id.resource_id())
        .send()
        .await
        .map_err(|error| {
            let action = "application-autoscaling:DescribeScalingActivities";
            CallError::of(action, &id.resource_id(), &error)
        })?;
    let recent = answer
        .scaling_activities()
        .iter()
        .filter(|activity| time(Some(activity.start_time())).is_some_and(|began| began >= since));
    Ok(recent
        .map(|activity| {
            let message = activity.status_message().unwrap_or_default();
            format!("{} ({}) {message}", activity.description(), activity.cause())
        })
        .collect())
}

/// Datapoints of an async metric by endpoint, periods of 60 s, in any order.
pub async fn datapoints(
    scaler: &LocalScaler,
    metric: &str,
    from: Timestamp,
    until: Timestamp,
) -> CallResult<Vec<Datapoint>> {
    let seconds =
        |at: Timestamp| aws_sdk_cloudwatch::primitives::DateTime::from_secs(at.as_second());
    let dimension = Dimension::builder().name("EndpointName").value(scaler.endpoint()).build();
    let metric = Metric::builder()
        .namespace("AWS/SageMaker")
        .metric_name(metric)
        .dimensions(dimension)
        .build();
    let stat = MetricStat::builder().metric(metric).period(60).stat("Maximum").build();
    let answer = aws_sdk_cloudwatch::Client::new(&scaler.config)
        .get_metric_data()
        .metric_data_queries(MetricDataQuery::builder().id("m").metric_stat(stat).build())
        .start_time(seconds(from))
        .end_time(seconds(until))
        .send()
        .await
        .map_err(|error| CallError::of("cloudwatch:GetMetricData", scaler.endpoint(), &error))?;
    let results = answer.metric_data_results().iter();
    Ok(results
        .flat_map(|result| result.timestamps().iter().zip(result.values()))
        .filter_map(|(at, value)| Some(Datapoint { at: time(Some(at))?, value: *value }))
        .collect())
}

/// PutScheduledAction: a one-time action at `at` (UTC, whole seconds) that sets `MaxCapacity`.
pub async fn put_action(
    scaler: &LocalScaler,
    id: &VariantId,
    name: &str,
    at: Timestamp,
    max: i32,
) -> CallResult<()> {
    use aws_sdk_applicationautoscaling::types::{
        ScalableDimension, ScalableTargetAction, ServiceNamespace,
    };
    aws_sdk_applicationautoscaling::Client::new(&scaler.config)
        .put_scheduled_action()
        .service_namespace(ServiceNamespace::Sagemaker)
        .scalable_dimension(ScalableDimension::SageMakerVariantDesiredInstanceCount)
        .resource_id(id.resource_id())
        .scheduled_action_name(name)
        .schedule(reactive_scaler::lease::schedule(at))
        .scalable_target_action(ScalableTargetAction::builder().max_capacity(max).build())
        .send()
        .await
        .map_err(|error| {
            let action = "application-autoscaling:PutScheduledAction";
            CallError::of(action, &id.resource_id(), &error)
        })?;
    Ok(())
}
