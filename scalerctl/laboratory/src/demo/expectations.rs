//! The checks of the demo.

use std::time::Duration;

use jiff::SignedDuration;
use reactive_scaler::port::EndpointStatus;
use simulator::{Call, Operation};

use super::{
    example::WINDOW_MINUTES,
    invocation::{Invocation, Trigger},
    upload_run::UploadRun,
};

/// Ticks that rule 4 allows in addition to the idle window and the delay of the metric.
const TICKS: i64 = 3;

/// A message for each check that failed.
pub fn problems(run: &UploadRun) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |passed: bool, problem: &str| {
        if !passed {
            problems.push(problem.to_owned());
        }
    };
    for failed in run.invocations.iter().filter_map(|one| one.answer.as_ref().err()) {
        check(false, &format!("an invocation failed: {}: {}", failed.kind, failed.message));
    }
    let mut before = run.invocations.iter().filter(|one| one.at < run.uploaded_at);
    check(
        before.all(|one| one.writes().next().is_none()),
        "the function wrote before there was work",
    );
    // The ledger takes the upload while the endpoint is read, and nothing waits for it.
    let of_scaling = |call: &&Call| call.operation != Operation::UpdateItem;
    let first_write =
        run.since_upload().find_map(|one| Some((one, one.writes().find(of_scaling)?)));
    check(
        first_write.is_some_and(|(one, call)| {
            one.trigger == Trigger::Upload
                && call.operation.as_str() == "UpdateEndpointWeightsAndCapacities"
        }),
        "the first write was not the request for capacity by the S3 event",
    );
    check(requested_before_ticks(run), "capacity was not requested before the first tick");
    check(run.milestones.completed.is_some(), "the input was not processed");
    check(run.lost == 0, &format!("{} of the inputs were not completed", run.lost));
    check(back_in_time(run), "the endpoint did not go back to zero within its idle window");
    check(
        !run.has_results || run.milestones.idle <= IDLE_WITH_RESULTS,
        "with results, more than 3 minutes were paid without work",
    );
    check(
        run.end.as_ref().is_some_and(|end| {
            end.at_rest() && end.backlog == 0 && end.status == EndpointStatus::InService.as_str()
        }),
        "at the end, the capacity or MinCapacity is not 0, or the lease still exists",
    );
    problems
}

fn requested_before_ticks(run: &UploadRun) -> bool {
    let is_tick = |one: &&Invocation| one.trigger == Trigger::Tick;
    let first_tick = run.since_upload().find(is_tick).map(|one| one.at);
    let requested = run.milestones.requested.map(|after| run.uploaded_at + after);
    matches!((requested, first_tick), (Some(requested), Some(tick)) if requested < tick)
}

/// Time from the end of the work until zero is requested, if the results are connected: `idle_minutes`, which is 1, and
/// a tick.
const AFTER_RESULT: SignedDuration = SignedDuration::from_mins(2);

/// Time in service without work, if the results are connected: the same, and the termination of the instance.
const IDLE_WITH_RESULTS: Duration = Duration::from_mins(3);

/// Rule 4: no capacity after idle window, metric delay, and three ticks from the last work on.
fn back_in_time(run: &UploadRun) -> bool {
    let minutes = SignedDuration::from_mins(WINDOW_MINUTES + TICKS);
    let lag = SignedDuration::try_from(run.metric_lag).unwrap_or_default();
    let allowed = if run.has_results { AFTER_RESULT } else { minutes + lag };
    run.milestones.waited().is_some_and(|waited| !waited.is_negative() && waited <= allowed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use reactive_scaler::handler::InvocationError;

    use super::*;
    use crate::demo::upload_run;

    fn simulated() -> UploadRun {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(upload_run::simulate(false)).unwrap()
    }

    /// Each change to the record of a run makes the check of it fail.
    #[test]
    fn each_check_fails_on_a_changed_record() {
        let original = simulated();
        assert_eq!(problems(&original), Vec::<String>::new());
        let minute = SignedDuration::from_mins(1);
        let wake =
            original.invocations.iter().position(|one| one.trigger == Trigger::Upload).unwrap();
        type Change = Box<dyn Fn(&mut UploadRun)>;
        let changes: Vec<(&str, Change)> = vec![
            (
                "an invocation failed",
                Box::new(|run| {
                    let error = InvocationError { kind: "NotEverythingDone", message: "x".into() };
                    run.invocations[0].answer = Err(error);
                }),
            ),
            (
                "before there was work",
                Box::new(move |run| {
                    run.invocations[0].calls = run.invocations[wake].calls.clone();
                }),
            ),
            ("first write", Box::new(move |run| run.invocations[wake].calls.clear())),
            ("first write", Box::new(move |run| run.invocations[wake].calls.reverse())),
            ("before the first tick", Box::new(move |run| run.milestones.requested = Some(minute))),
            ("before the first tick", Box::new(|run| run.milestones.requested = None)),
            ("not processed", Box::new(|run| run.milestones.completed = None)),
            ("1 of the inputs", Box::new(|run| run.lost = 1)),
            ("go back to zero", Box::new(|run| run.milestones.scaled_in = None)),
            (
                "go back to zero",
                Box::new(move |run| {
                    run.milestones.scaled_in =
                        run.milestones.completed.map(|done| done + minute * 23);
                }),
            ),
            (
                "go back to zero",
                Box::new(|run| run.milestones.scaled_in = run.milestones.requested),
            ),
            ("at the end", Box::new(|run| run.end.as_mut().unwrap().desired = 1)),
            ("at the end", Box::new(|run| run.end.as_mut().unwrap().min = Some(1))),
            ("at the end", Box::new(|run| run.end.as_mut().unwrap().backlog = 1)),
            ("at the end", Box::new(|run| run.end = None)),
        ];
        for (problem, change) in changes {
            let mut run = original.clone();
            change(&mut run);
            let found = problems(&run);
            assert!(found.iter().any(|one| one.contains(problem)), "{problem}: {found:?}");
        }
    }

    /// Rule 4 to the second: idle window 17 min, metric delay 2 min, three ticks.
    #[test]
    fn twenty_two_minutes_are_allowed() {
        let mut run = simulated();
        let allowed = SignedDuration::from_mins(22);
        let done = run.milestones.completed.unwrap();
        run.milestones.scaled_in = Some(done + allowed);
        assert!(back_in_time(&run));
        run.milestones.scaled_in = Some(done + allowed + SignedDuration::from_secs(1));
        assert!(!back_in_time(&run));
    }

    /// With results: two minutes until zero is requested, and three without work.
    #[test]
    fn two_minutes_are_allowed_with_results() {
        let mut run = simulated();
        (run.has_results, run.milestones.idle) = (true, Duration::from_mins(3));
        let done = run.milestones.completed.unwrap();
        run.milestones.scaled_in = Some(done + SignedDuration::from_mins(2));
        assert_eq!(problems(&run), Vec::<String>::new());
        run.milestones.scaled_in = Some(done + SignedDuration::from_secs(121));
        assert!(!back_in_time(&run));
        run.milestones.idle += Duration::from_secs(1);
        assert!(problems(&run).iter().any(|one| one.contains("more than 3 minutes")));
    }
}
