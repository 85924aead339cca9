//! What target tracking would do with the same upload.
//!
//! A second world has the same delays and metrics, and no function. It scales as users configure it
//! today:
//!
//! * out from zero, by an alarm on `HasBacklogWithoutCapacity`, 3 of 3 datapoints of 60 s;
//! * in to zero, by the low alarm of a target tracking policy, 15 of 15 datapoints of 60 s on
//!   `ApproximateBacklogSizePerInstance`, below 90 % of a target of one item per instance.
//!
//! All assumptions favor the policies: an alarm is evaluated each full minute, without a delay of its
//! own, on the newest visible datapoints, and its action takes effect immediately. Capacity is
//! changed as by a user, because UpdateEndpointWeightsAndCapacities has the same rules for users and
//! for Application Auto Scaling.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use simulator::{MetricName, Simulator, World};

use super::{example, milestones::Milestones, upload_run::next_minute};

/// Consecutive datapoints that put the high alarm in `ALARM`.
pub const HIGH: usize = 3;

/// Consecutive datapoints that put the low alarm in `ALARM`.
pub const LOW: usize = 15;

/// Threshold of the low alarm for a target of one item per instance.
pub const LOW_THRESHOLD: f64 = 0.9;

/// Maximum number of minutes. A run that is not finished by then does not finish.
const MOST_MINUTES: usize = 240;

/// Simulates the upload at this time, in a world that starts at `started_at`.
pub fn simulate(started_at: Timestamp, uploaded_at: Timestamp) -> Milestones {
    let id = example::id();
    let sim = Simulator::new(started_at);
    sim.with(|world| {
        world.add_async_endpoint(&id.endpoint, &id.variant, 0);
        world.register_target(&id, 0, example::MAX);
        world.advance_to(uploaded_at);
        world.upload(&id.endpoint);
        for _ in 0..MOST_MINUTES {
            world.advance_to(next_minute(world.now()));
            let (current, desired) = world.capacity(&id);
            if (current, desired) == (0, 0) && world.backlog(&id.endpoint) == 0 {
                break;
            }
            evaluate(world, &id, desired);
        }
        Milestones::read(world, &id, uploaded_at)
    })
}

fn evaluate(world: &mut World, id: &VariantId, desired: i32) {
    let has_backlog = MetricName::HasBacklogWithoutCapacity;
    let per_instance = MetricName::BacklogSizePerInstance;
    let to = if desired == 0 && in_a_row(world, id, has_backlog, HIGH, |value| value >= 1.0) {
        desired + 1
    } else if desired > 0 && in_a_row(world, id, per_instance, LOW, |v| v < LOW_THRESHOLD) {
        0
    } else {
        return;
    };
    // Rejected while the endpoint is being updated. The alarm repeats its action each minute.
    let _ = world.scale_by_person(id, to);
}

/// Whether the newest visible datapoints are of this many consecutive minutes and all breach.
fn in_a_row(
    world: &World,
    id: &VariantId,
    metric: MetricName,
    count: usize,
    breaches: impl Fn(f64) -> bool,
) -> bool {
    let seen = world.visible(metric, &id.endpoint, Timestamp::MIN, world.now());
    let newest: Vec<_> = seen.iter().rev().take(count).collect();
    newest.len() == count
        && newest.iter().all(|point| breaches(point.value))
        && newest.windows(2).all(|pair| {
            matches!(pair, [later, earlier] if later.at.duration_since(earlier.at).as_secs() == 60)
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn uploaded_at(second: i8) -> Milestones {
        simulate(example::at(9, 11, 30), example::at(9, 15, second))
    }

    /// The third datapoint is that of 09:17; it is complete at 09:18 and visible 2 minutes later.
    #[test]
    fn three_datapoints_and_the_lag_pass_before_capacity_is_requested() {
        for (second, expected) in [(0, 300), (27, 273), (59, 241)] {
            let requested = uploaded_at(second).requested.unwrap();
            assert_eq!(requested.as_secs(), expected, "uploaded at 09:15:{second:02}");
        }
    }

    /// Processed in 09:26, so the empty minutes are 09:27 to 09:41; the last of them is complete
    /// at 09:42 and visible 2 minutes later.
    #[test]
    fn fifteen_datapoints_and_the_lag_pass_before_it_goes_back() {
        let milestones = uploaded_at(27);
        let at = |time: Option<jiff::SignedDuration>| example::at(9, 15, 27) + time.unwrap();
        assert_eq!(at(milestones.requested), example::at(9, 20, 0));
        assert_eq!(at(milestones.in_service), example::at(9, 26, 0));
        assert_eq!(at(milestones.completed), example::at(9, 26, 45));
        assert_eq!(at(milestones.scaled_in), example::at(9, 44, 0));
        assert_eq!(at(milestones.at_zero), example::at(9, 45, 0));
    }

    #[test]
    fn idle_time_is_what_was_paid_without_work() {
        let milestones = uploaded_at(27);
        assert_eq!(milestones.paid.as_secs(), 19 * 60);
        assert_eq!(milestones.idle.as_secs(), 19 * 60 - 45);
    }
}
