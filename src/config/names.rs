//! Which names AWS accepts for endpoints, variants and buckets.

use std::collections::BTreeSet;

/// The names of the endpoints that have a scalable target, sorted and without duplicates.
pub type Registered = BTreeSet<String>;

/// `[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}`: `EndpointName` and `VariantName` in SageMaker's API.
pub fn is_sagemaker_name(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// S3's bucket naming rules, with the underscores of buckets from before 2018.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)
        })
}
