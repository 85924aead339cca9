//! AWS CLI commands that fix a finding, with the names filled in.

use reactive_scaler::port::VariantId;

/// The options of all commands for a scalable target.
fn target(id: &VariantId) -> String {
    format!(
        "--service-namespace sagemaker --scalable-dimension \
         sagemaker:variant:DesiredInstanceCount --resource-id {}",
        id.resource_id()
    )
}

/// Registers, or changes a registration.
pub fn register(id: &VariantId, what: &str) -> String {
    format!("aws application-autoscaling register-scalable-target {} {what}", target(id))
}

/// Resumes a part of scaling.
pub fn resume(id: &VariantId, part: &str) -> String {
    register(id, &format!("--suspended-state {part}=false"))
}

/// Deletes a policy.
pub fn delete_policy(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling delete-scaling-policy {} --policy-name {}",
        target(id),
        quoted(name)
    )
}

/// Creates the scaling policy of the template.
pub fn put_backlog_policy(id: &VariantId) -> String {
    let configuration = format!(
        "{{\"TargetValue\":5,\"CustomizedMetricSpecification\":{{\"Namespace\":\"AWS/SageMaker\",\
         \"MetricName\":\"ApproximateBacklogSizePerInstance\",\"Dimensions\":[{{\"Name\":\
         \"EndpointName\",\"Value\":\"{}\"}}],\"Statistic\":\"Average\"}},\"ScaleOutCooldown\":300,\
         \"ScaleInCooldown\":300}}",
        id.endpoint
    );
    format!(
        "aws application-autoscaling put-scaling-policy {} --policy-name \
         reactive-scaler-backlog-per-instance --policy-type TargetTrackingScaling \
         --target-tracking-scaling-policy-configuration '{configuration}'",
        target(id)
    )
}

/// Shows a policy.
pub fn show_policy(id: &VariantId, name: &str) -> String {
    format!(
        "aws application-autoscaling describe-scaling-policies --service-namespace sagemaker \
         --resource-id {} --policy-names {}",
        id.resource_id(),
        quoted(name)
    )
}

/// A name, quoted for a shell if needed.
pub fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', r"'\''"))
}
