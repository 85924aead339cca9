//! What must be true of the story: the demo does not take its own success for granted.

use jiff::SignedDuration;
use reactive_scaler::port::EndpointStatus;

use super::{
    invocation::{Invocation, Trigger},
    scene::IDLE_MINUTES,
    story::Story,
};

/// Ticks that rule 4 grants on top of the idle window and the metric's lag.
const TICKS: i64 = 3;

/// What is not as it must be, in sentences; empty where all is well.
pub fn problems(story: &Story) -> Vec<String> {
    let mut problems = Vec::new();
    let mut must = |held: bool, problem: &str| {
        if !held {
            problems.push(problem.to_owned());
        }
    };
    for failed in story.invocations.iter().filter_map(|one| one.answer.as_ref().err()) {
        must(false, &format!("an invocation failed: {}: {}", failed.kind, failed.message));
    }
    let mut before = story.invocations.iter().filter(|one| one.at < story.uploaded_at);
    must(
        before.all(|one| one.writes().next().is_none()),
        "something was written before there was any work",
    );
    let first_write = story.since_upload().find_map(|one| Some((one, one.writes().next()?)));
    must(
        first_write.is_some_and(|(one, call)| {
            one.trigger == Trigger::Upload
                && call.operation.as_str() == "UpdateEndpointWeightsAndCapacities"
        }),
        "the first write was not the request for capacity, made on S3's event",
    );
    must(requested_before_ticks(story), "capacity was not requested before the first tick");
    must(story.course.completed.is_some(), "the input was not processed");
    must(story.lost == 0, &format!("{} of the inputs came to no good end", story.lost));
    must(back_in_time(story), "the endpoint did not go back to zero within its idle window");
    must(
        story.end.as_ref().is_some_and(|end| {
            end.at_rest() && end.backlog == 0 && end.status == EndpointStatus::InService.as_str()
        }),
        "at the end there is not zero capacity, a floor of 0, and nothing left of the lease",
    );
    problems
}

fn requested_before_ticks(story: &Story) -> bool {
    let is_tick = |one: &&Invocation| one.trigger == Trigger::Tick;
    let first_tick = story.since_upload().find(is_tick).map(|one| one.at);
    let requested = story.course.requested.map(|after| story.uploaded_at + after);
    matches!((requested, first_tick), (Some(requested), Some(tick)) if requested < tick)
}

/// Rule 4: no capacity within idle window, metric lag and three ticks of the last work.
fn back_in_time(story: &Story) -> bool {
    let minutes = SignedDuration::from_mins(IDLE_MINUTES + TICKS);
    let lag = SignedDuration::try_from(story.metric_lag).unwrap_or_default();
    match (story.course.completed, story.course.scaled_in) {
        (Some(done), Some(scaled_in)) => done <= scaled_in && scaled_in - done <= minutes + lag,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use reactive_scaler::handler::InvocationError;

    use super::*;
    use crate::demo::story;

    fn played() -> Story {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(story::play()).unwrap()
    }

    /// A story that is told otherwise than it went must be found out, each time for its own reason.
    #[test]
    fn every_lie_is_found_out() {
        let truth = played();
        assert_eq!(problems(&truth), Vec::<String>::new());
        let minute = SignedDuration::from_mins(1);
        let wake = truth.invocations.iter().position(|one| one.trigger == Trigger::Upload).unwrap();
        type Lie = Box<dyn Fn(&mut Story)>;
        let lies: Vec<(&str, Lie)> = vec![
            (
                "an invocation failed",
                Box::new(|story| {
                    let error = InvocationError { kind: "NotEverythingDone", message: "x".into() };
                    story.invocations[0].answer = Err(error);
                }),
            ),
            (
                "before there was any work",
                Box::new(move |story| {
                    story.invocations[0].calls = story.invocations[wake].calls.clone();
                }),
            ),
            ("first write", Box::new(move |story| story.invocations[wake].calls.clear())),
            ("first write", Box::new(move |story| story.invocations[wake].calls.reverse())),
            ("before the first tick", Box::new(move |story| story.course.requested = Some(minute))),
            ("before the first tick", Box::new(|story| story.course.requested = None)),
            ("not processed", Box::new(|story| story.course.completed = None)),
            ("1 of the inputs", Box::new(|story| story.lost = 1)),
            ("go back to zero", Box::new(|story| story.course.scaled_in = None)),
            (
                "go back to zero",
                Box::new(move |story| {
                    story.course.scaled_in = story.course.completed.map(|done| done + minute * 16);
                }),
            ),
            ("go back to zero", Box::new(|story| story.course.scaled_in = story.course.requested)),
            ("at the end", Box::new(|story| story.end.as_mut().unwrap().desired = 1)),
            ("at the end", Box::new(|story| story.end.as_mut().unwrap().min = Some(1))),
            ("at the end", Box::new(|story| story.end.as_mut().unwrap().backlog = 1)),
            ("at the end", Box::new(|story| story.end = None)),
        ];
        for (problem, lie) in lies {
            let mut story = truth.clone();
            lie(&mut story);
            let found = problems(&story);
            assert!(found.iter().any(|one| one.contains(problem)), "{problem}: {found:?}");
        }
    }

    /// Rule 4 to the second: idle window 10 min, lag 2 min, three ticks.
    #[test]
    fn fifteen_minutes_are_granted() {
        let mut story = played();
        let grant = SignedDuration::from_mins(15);
        let done = story.course.completed.unwrap();
        story.course.scaled_in = Some(done + grant);
        assert!(back_in_time(&story));
        story.course.scaled_in = Some(done + grant + SignedDuration::from_secs(1));
        assert!(!back_in_time(&story));
    }
}
