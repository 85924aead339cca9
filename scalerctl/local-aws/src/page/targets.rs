//! Where inputs can be uploaded: the buckets of the routes.

use reactive_scaler::config::{Route, Selector};
use serde::Serialize;

/// The bucket of a route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct UploadTarget {
    pub(super) bucket: String,
    /// What a key of the route begins with.
    prefix: String,
    /// What it ends with.
    suffix: String,
    /// The endpoint of the route, if the route names one.
    endpoint: Option<String>,
}

/// The buckets of the routes, in the order of the routes.
pub(super) fn upload_targets(routes: &[Route]) -> Vec<UploadTarget> {
    let target = |route: &Route| {
        Some(UploadTarget {
            bucket: route.bucket.clone()?,
            prefix: route.prefix.clone(),
            suffix: route.suffix.clone(),
            endpoint: (route.selector == Selector::Named).then(|| route.endpoint.clone()),
        })
    };
    let mut targets: Vec<UploadTarget> = routes.iter().filter_map(target).collect();
    targets.dedup();
    targets
}
