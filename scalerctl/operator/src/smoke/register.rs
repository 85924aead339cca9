//! The AWS CLI command that registers a scalable target.

/// The command that changes a variant's scalable target.
pub fn register_command(endpoint: &str, variant: &str, what: &str) -> String {
    format!(
        "aws application-autoscaling register-scalable-target --service-namespace sagemaker \
         --scalable-dimension sagemaker:variant:DesiredInstanceCount --resource-id \
         endpoint/{endpoint}/variant/{variant} {what}"
    )
}
