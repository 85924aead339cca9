//! What could not be done, and what to do about it.

use crate::{decide::long_wait::Wait, ledger::MAX_PAGES, port::AwsFailure, reason::Reason};

/// Something that could not be done. It fails the invocation after everything else was tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A call to AWS.
    #[error("{0}")]
    Aws(AwsFailure),
    /// The endpoint of an input or a command does not exist.
    #[error(
        "endpoint {endpoint} does not exist in this region (what to do: correct SCALER_ROUTES, or \
         create the endpoint)"
    )]
    Missing {
        /// The endpoint.
        endpoint: String,
    },
    /// The variant of a route cannot be determined.
    #[error(
        "endpoint {endpoint} has {}, and the route names {} (what to do: set the route's \
         \"variant\" to one of the endpoint's)",
        match variants.as_slice() {
            [] => "no variants".to_owned(),
            some => format!("the variants {}", some.join(", ")),
        },
        wanted.as_deref().unwrap_or("none")
    )]
    VariantUnclear {
        /// The endpoint.
        endpoint: String,
        /// What the route says.
        wanted: Option<String>,
        /// What DescribeEndpoint says.
        variants: Vec<String>,
    },
    /// A command names an endpoint that no route covers.
    #[error("no route has endpoint {endpoint:?} (what to do: add it to SCALER_ROUTES)")]
    NoRoute {
        /// The endpoint.
        endpoint: String,
    },
    /// A command names an endpoint that a route for several endpoints covers, and that has no
    /// scalable target.
    #[error(
        "endpoint {endpoint:?} is covered by a route, but none of its variants is registered as a \
         scalable target (what to do: correct the name, or register the variant with MinCapacity 0)"
    )]
    NotRegistered {
        /// The endpoint.
        endpoint: String,
    },
    /// A command names an endpoint that a route for several endpoints covers, and the scalable targets
    /// cannot be listed now.
    #[error(
        "endpoint {endpoint:?} is covered by a route, but whether it is registered as a scalable \
         target is not known: {problem}"
    )]
    RegistryUnknown {
        /// The endpoint.
        endpoint: String,
        /// Why the listing failed, and what to do.
        problem: String,
    },
    /// The stored routes could not be read again.
    #[error(
        "the routes in {place} could not be read again, the last good ones stay in use: {problem}"
    )]
    RoutesNotRefreshed {
        /// Their location.
        place: String,
        /// What went wrong, and what to do.
        problem: String,
    },
    /// The request cannot be carried out now, and no record ensures that it is carried out later.
    #[error("endpoint {endpoint}: the request cannot be done: {}", reason.meaning())]
    Unserved {
        /// The endpoint.
        endpoint: String,
        /// Why.
        reason: Reason,
    },
    /// The endpoint has waited too long for something. It is kept awake during the wait.
    #[error("endpoint {endpoint} is kept awake: {}", overdue(*wait, *minutes))]
    Overdue {
        /// The endpoint.
        endpoint: String,
        /// What it waits for.
        wait: Wait,
        /// The duration of the wait.
        minutes: i64,
    },
    /// The ledger has too many items of the endpoint. What is not read can be work.
    #[error(
        "endpoint {endpoint}: its uploads and results fill more than {MAX_PAGES} pages of the ledger, and no more are \
         read, so the backlog metric decides (what to do: wait, ticks delete items an hour after their newest event; \
         if there are always so many, set \"results\": false)"
    )]
    LedgerTooLarge {
        /// The endpoint.
        endpoint: String,
    },
    /// A tick does not have enough time for all endpoints with a record that ends soon.
    #[error(
        "{endpoints} endpoints, {endpoint} first, are not looked at in time: their records end before the next \
         look, and this tick had time for {looks} looks (what to do: see in CloudTrail who else calls SageMaker and \
         Application Auto Scaling in this account, ask AWS for higher rates, or divide the endpoints among several \
         functions)"
    )]
    LeftOut {
        /// The endpoint whose record ends first.
        endpoint: String,
        /// The number of endpoints that were not looked at.
        endpoints: usize,
        /// The number of endpoints that were looked at.
        looks: usize,
    },
    /// The invocation reached its deadline.
    #[error(
        "endpoint {endpoint}: the invocation's time was up (what to do: nothing if it is rare; \
         the next tick continues)"
    )]
    OutOfTime {
        /// The endpoint.
        endpoint: String,
    },
}

/// The text of a wait, and what to do about it.
fn overdue(wait: Wait, minutes: i64) -> String {
    match wait {
        Wait::Backlog => format!(
            "ApproximateBacklogSize has been unknown for {minutes} minutes (what to do: see whether CloudWatch \
             has the metric and the role may read it)"
        ),
        Wait::Capacity => format!(
            "the instances that were requested {minutes} minutes ago are not in service (what to do: see the \
             scaling activities of the variant, and FailureReason in DescribeEndpoint; another instance type, \
             or instance pools, where capacity is short)"
        ),
        Wait::Status(status) => format!(
            "its status has been {} for {minutes} minutes (what to do: see FailureReason in DescribeEndpoint)",
            status.as_str()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_absent_is_said_in_words() {
        let unclear = |wanted: Option<&str>, variants: &[&str]| {
            let failure = Failure::VariantUnclear {
                endpoint: "my-endpoint".into(),
                wanted: wanted.map(str::to_owned),
                variants: variants.iter().map(|name| (*name).to_owned()).collect(),
            };
            failure.to_string()
        };
        for (wanted, variants, expected) in [
            (
                None,
                &["blue", "green"][..],
                "has the variants blue, green, and the route names none",
            ),
            (Some("red"), &["blue"][..], "has the variants blue, and the route names red"),
            (Some("red"), &[][..], "has no variants, and the route names red"),
        ] {
            let said = unclear(wanted, variants);
            assert!(said.starts_with(&format!("endpoint my-endpoint {expected} (")), "{said}");
        }
    }
}
