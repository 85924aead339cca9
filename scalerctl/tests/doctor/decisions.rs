//! Findings about the function's decisions in its log, and about the age of the backlog metric.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{Fault, LogEvent, Simulator, World};

use super::{
    case::Case,
    run::doctor,
    world::{ENDPOINT, FUNCTION, but, healthy, minutes},
};

const QUOTA: &str = "UpdateEndpointWeightsAndCapacities on endpoint/my-endpoint/variant/AllTraffic failed: AWS answered \
                     ResourceLimitExceeded: The account-level service limit 'ml.g5.xlarge for endpoint usage' is 0 \
                     Instances, with current utilization of 0 Instances and a request delta of 2 Instances. Please \
                     contact AWS support to request an increase for this limit. (what to do: raise the quota)";

const THROTTLED: &str = "PutScheduledAction on endpoint/my-endpoint/variant/AllTraffic failed: AWS answered \
                         ThrottlingException: Rate exceeded (what to do: nothing if it is rare)";

const DENIED: &str = "PutScheduledAction on endpoint/my-endpoint/variant/AllTraffic failed: AWS answered \
                      AccessDeniedException: no (what to do: grant it)";

/// A decision: action, reason, desired instances before and after, and the error.
type Decided = (&'static str, &'static str, i32, i32, Option<&'static str>);

fn log(world: &mut World, (action, reason, from, to, error): Decided) {
    log_of(world, ENDPOINT, "AllTraffic", (action, reason, from, to, error));
}

fn log_of(
    world: &mut World,
    endpoint: &str,
    variant: &str,
    (action, reason, from, to, error): Decided,
) {
    let group = world.function(FUNCTION).unwrap().log_group();
    world.add_log_group(&group);
    let mut line = json!({
        "_aws": {},
        "message": "decision",
        "endpoint": endpoint,
        "variant": variant,
        "signal": "tick",
        "action": action,
        "reason": reason,
        "from": from,
        "to": to,
    });
    if let Some(error) = error {
        line["errors"] = Value::from(vec![error]);
    }
    let event = LogEvent { at: world.now(), stream: "stream".into(), message: line.to_string() };
    world.log_event(&group, event);
}

/// A healthy account whose function logged these decisions, a minute apart.
fn decided(all: &[Decided]) -> Simulator {
    let sim = healthy();
    for decision in all {
        sim.with(|world| log(world, *decision));
        sim.advance(minutes(1));
    }
    sim
}

const INPUT: Decided = ("wake", "work_arrived", 0, 1, None);
const AGAIN: Decided = ("wake", "lease_unserved", 0, 1, None);
const STARTS: Decided = ("extend", "on_the_way_up", 1, 1, None);
const SLEEP: Decided = ("sleep", "idle", 1, 0, None);

/// An instance has run since the begin, and the metric has this delay.
fn delayed(by: Duration, then: Duration) -> Simulator {
    let sim = but(|world| {
        world.settings.metric_lag = by;
        for variant in &mut world.endpoint_mut(ENDPOINT).variants {
            (variant.current, variant.desired) = (1, 1);
        }
    });
    sim.advance(then);
    sim
}

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "quota-reached",
            "the function's call is refused",
            decided(&[("wake", "work_arrived", 0, 0, Some(QUOTA))]),
            &[
                "the function's decision of 2030-01-07 09:00:00 UTC: The account-level service limit",
                "--desired-value 2 --quota-code",
            ],
        ),
        Case::new(
            "calls-throttled",
            "a call of the function",
            decided(&[
                ("wake", "work_arrived", 0, 1, None),
                ("extend", "idle", 0, 0, Some(THROTTLED)),
            ]),
            &[
                "PutScheduledAction on endpoint/my-endpoint/variant/AllTraffic failed: AWS answered ThrottlingException: \
                 Rate exceeded\n",
                "aws cloudtrail lookup-events --lookup-attributes \
                 AttributeKey=EventName,AttributeValue=PutScheduledAction",
            ],
        ),
        Case::new(
            "wake-repeated",
            "twice",
            decided(&[INPUT, STARTS, AGAIN]),
            &[
                "the function requested instances 2 times since 2030-01-07 09:00:00 UTC, and none is in service",
                "aws sagemaker describe-endpoint --endpoint-name my-endpoint",
                "aws sagemaker describe-endpoint-config --endpoint-config-name my-endpoint-config",
            ],
        ),
        Case::new(
            "metrics-late",
            "by a quarter of an hour",
            delayed(minutes(15), minutes(20)),
            &[
                "the newest datapoint of ApproximateBacklogSize is 16 min old",
                "aws cloudwatch get-metric-statistics",
            ],
        ),
    ]
}

#[tokio::test]
async fn refused_calls_are_reported_until_a_later_decision_succeeds() {
    let refused = ("wake", "work_arrived", 0, 0, Some(QUOTA));
    for (later, found) in [
        (&[][..], &["quota-reached"][..]),
        (&[("none", "asleep", 0, 0, None)], &["quota-reached"]),
        (&[("wake", "lease_unserved", 0, 1, None)], &[]),
        (&[("none", "lease_live", 1, 1, None)], &[]),
        (&[SLEEP], &[]),
        (
            &[("wake", "lease_unserved", 0, 0, Some(THROTTLED))],
            &["quota-reached", "calls-throttled"],
        ),
    ] {
        doctor(&decided(&[&[refused], later].concat()), &[]).await.assert_finds(found);
    }
}

/// Another finding counts the errors.
#[tokio::test]
async fn other_refusals_and_other_endpoints_are_not_reported() {
    doctor(&decided(&[("wake", "work_arrived", 0, 0, Some(DENIED))]), &[]).await.assert_finds(&[]);
    let refused = ("wake", "work_arrived", 0, 0, Some(QUOTA));
    for (endpoint, variant) in [("other", "AllTraffic"), (ENDPOINT, "Other")] {
        let sim = but(|world| log_of(world, endpoint, variant, refused));
        doctor(&sim, &[]).await.assert_finds(&[]);
    }
}

#[tokio::test]
async fn a_refusal_is_reported_for_a_day() {
    let sim = decided(&[("wake", "work_arrived", 0, 0, Some(QUOTA))]);
    let day = super::world::BEGIN.parse::<jiff::Timestamp>().unwrap() + minutes(24 * 60);
    super::run::doctor_at(&sim, day, &[]).await.assert_finds(&["quota-reached"]);
    super::run::doctor_at(&sim, day + minutes(1), &[]).await.assert_finds(&[]);
}

#[tokio::test]
async fn a_wake_is_repeated_if_the_function_did_not_scale_in_between() {
    for (decisions, found) in [
        (&[INPUT, STARTS][..], &[][..]),
        (&[AGAIN], &[]),
        (&[INPUT, SLEEP, AGAIN], &[]),
        (&[INPUT, AGAIN, INPUT], &[]),
        (&[INPUT, SLEEP, INPUT, AGAIN], &["wake-repeated"]),
        (&[AGAIN, AGAIN, STARTS], &["wake-repeated"]),
    ] {
        doctor(&decided(decisions), &[]).await.assert_finds(found);
    }
    // The instance came after all.
    let sim = decided(&[INPUT, AGAIN]);
    sim.with(|world| {
        for variant in &mut world.endpoint_mut(ENDPOINT).variants {
            (variant.current, variant.desired) = (1, 1);
        }
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
    // SageMaker says why.
    let sim = decided(&[INPUT, AGAIN]);
    sim.with(|world| {
        let reason = "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. ";
        world.endpoint_mut(ENDPOINT).failure_reason = Some(reason.to_owned());
    });
    doctor(&sim, &[]).await.assert_finds(&["no-instances"]);
}

/// The newest datapoint is that of the minute that began a minute and the delay before the end of the last minute.
#[tokio::test]
async fn datapoints_are_late_from_five_minutes() {
    for (delay, found) in [(2, &[][..]), (3, &[]), (4, &["metrics-late"])] {
        doctor(&delayed(minutes(delay), minutes(12)), &[]).await.assert_finds(found);
    }
}

#[tokio::test]
async fn datapoints_are_not_late_without_instances_or_after_a_change() {
    let sim = but(|world| world.settings.metric_lag = minutes(15));
    sim.advance(minutes(20));
    doctor(&sim, &[]).await.assert_finds(&[]);
    let sim = delayed(minutes(15), minutes(20));
    for (since, found) in [(4, &[][..]), (5, &["metrics-late"])] {
        sim.with(|world| {
            let at = world.now() - minutes(since);
            world.endpoint_mut(ENDPOINT).modified_at = at;
        });
        doctor(&sim, &[]).await.assert_finds(found);
    }
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_reported() {
    let sim = decided(&[INPUT, AGAIN]);
    sim.with(|world| world.faults.fail_next("FilterLogEvents", Fault::AccessDenied, 100));
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["not-readable"]);
    run.assert_says(&["allow your own credentials logs:FilterLogEvents on "]);
}
