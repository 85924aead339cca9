//! Findings about the function: missing, not active, or with failures.

use simulator::Simulator;

use super::{
    case::Case,
    run::{doctor, doctor_at},
    world::{
        FUNCTION, QUEUE, ROUTES, but, function, minutes, put, put_tick, put_wake_by_steps, routed,
        without_function,
    },
};

const OF_ANOTHER: &str = r#"[{"endpoint":"another-endpoint","bucket":"my-inputs"}]"#;

fn with_variables(variables: &[(&str, &str)]) -> Simulator {
    // A policy scales out from zero, for a function that does not.
    but(|world| {
        put_wake_by_steps(world);
        world.put_function(function(variables));
    })
}

fn in_state(state: &str, last_update: &str) -> Simulator {
    but(|world| {
        put_wake_by_steps(world);
        let mut function = routed(ROUTES);
        (function.state, function.last_update) = (state.into(), last_update.into());
        world.put_function(function);
    })
}

fn with_errors(count: f64) -> Simulator {
    but(|world| put(world, "AWS/Lambda", "Errors", &[("FunctionName", FUNCTION)], count))
}

fn with_dead_letters(count: f64) -> Simulator {
    but(|world| {
        let of = [("QueueName", QUEUE)];
        put(world, "AWS/SQS", "ApproximateNumberOfMessagesVisible", &of, count);
    })
}

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "no-function",
            "none is deployed",
            without_function(put_wake_by_steps),
            &["Function: none found", "no function in this region has a route for my-endpoint"],
        ),
        Case::new(
            "routes-not-seen",
            "routes in Parameter Store",
            with_variables(&[("SCALER_ROUTES", "ssm:/my-stack/routes"), ("SCALER_MODE", "act")]),
            &["/my-stack/routes", "scalerctl smoke"],
        ),
        Case::new(
            "not-routed",
            "a function of another endpoint",
            with_variables(&[("SCALER_ROUTES", OF_ANOTHER), ("SCALER_MODE", "act")]),
            &["function:my-scaler covers my-endpoint", "EndpointName"],
        )
        .with(&["--function", FUNCTION]),
        Case::new(
            "function-inactive",
            "it could not be made",
            in_state("Failed", "Successful"),
            &["its State is Failed", "deploy the stack again"],
        ),
        Case::new(
            "settings-unusable",
            "routes that are no JSON",
            with_variables(&[("SCALER_ROUTES", "my-endpoint"), ("SCALER_MODE", "act")]),
            &["SCALER_ROUTES", "EndpointName, InputBucket and ExtraRoutes"],
        ),
        Case::new(
            "settings-unusable",
            "a mode that there is not",
            with_variables(&[("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "fast")]),
            &["SCALER_MODE", "ScalerMode to act"],
        ),
        Case::new(
            "settings-unusable",
            "no routes",
            with_variables(&[("SCALER_MODE", "act")]),
            &["SCALER_ROUTES"],
        )
        .with(&["--function", FUNCTION]),
        Case::new(
            "observe-mode",
            "it only observes",
            with_variables(&[("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "observe")]),
            &["SCALER_MODE is observe", "ScalerMode to act"],
        ),
        Case::new(
            "function-errors",
            "it failed",
            with_errors(2.0),
            &[
                "the function failed 2 times in the last day",
                "--log-group-name /aws/lambda/my-scaler",
            ],
        ),
        Case::new(
            "two-functions",
            "a second function with a route",
            but(|world| {
                let mut other = routed(r#"[{"endpoint":"my-endpoint"}]"#);
                other.name = "another-scaler".into();
                world.put_function(other);
                put_tick(world, "another-scaler");
            }),
            &["function:another-scaler", "keep one of the functions"],
        ),
        Case::new(
            "dead-letters",
            "events that it failed at",
            with_dead_letters(5.0),
            &["5 dead letters are in my-dead-letters", "--queue-name my-dead-letters"],
        ),
    ]
}

#[tokio::test]
async fn a_state_that_the_next_event_ends_is_not_a_finding() {
    let inactive = &["function-inactive"][..];
    for (state, last_update, found) in [
        ("Active", "InProgress", &[][..]),
        ("Inactive", "Successful", &[]),
        ("Pending", "Successful", inactive),
        ("Active", "Failed", inactive),
    ] {
        doctor(&in_state(state, last_update), &[]).await.assert_finds(found);
    }
}

/// A value of zero is the same as no datapoint. Only the last day counts.
#[tokio::test]
async fn errors_and_dead_letters_are_reported_for_a_day() {
    doctor(&with_errors(0.0), &[]).await.assert_finds(&[]);
    doctor(&with_dead_letters(0.0), &[]).await.assert_finds(&[]);
    for (sim, finding) in
        [(with_errors(1.0), "function-errors"), (with_dead_letters(1.0), "dead-letters")]
    {
        let day = sim.now() - minutes(60) + minutes(24 * 60);
        doctor_at(&sim, day, &[]).await.assert_finds(&[finding]);
        doctor_at(&sim, day + minutes(1), &[]).await.assert_finds(&[]);
    }
}

/// A queue that is empty now is not a finding.
#[tokio::test]
async fn dead_letters_are_counted_in_the_latest_known_hour() {
    let sim = with_dead_letters(5.0);
    sim.advance(minutes(120));
    sim.with(|world| {
        let of = [("QueueName", QUEUE)];
        put(world, "AWS/SQS", "ApproximateNumberOfMessagesVisible", &of, 0.0);
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// Without an on-failure destination, or with a topic, there are no dead letters to count.
#[tokio::test]
async fn without_a_queue_there_are_no_dead_letters() {
    for on_failure in [None, Some("arn:aws:sns:eu-central-1:123456789012:failures")] {
        let sim = with_dead_letters(5.0);
        sim.with(|world| {
            let mut function = routed(ROUTES);
            function.invoke_configs.clear();
            world.put_function(match on_failure {
                Some(topic) => function.with_on_failure(topic),
                None => function,
            });
        });
        doctor(&sim, &[]).await.assert_finds(&[]);
    }
}

/// A function for other endpoints does not cover this endpoint. If the routes of two functions cannot be read, either
/// of them may cover it.
#[tokio::test]
async fn functions_that_may_cover_the_endpoint_are_named() {
    let with = |functions: &[(&str, &str)]| {
        without_function(|world| {
            put_wake_by_steps(world);
            for (name, routes) in functions {
                let mut function = routed(routes);
                function.name = (*name).to_owned();
                world.put_function(function);
                put_tick(world, name);
            }
        })
    };
    let run = doctor(&with(&[("others", OF_ANOTHER)]), &[]).await;
    run.assert_finds(&["no-function"]);
    let run = doctor(&with(&[("others", OF_ANOTHER), ("one", "ssm:/routes")]), &[]).await;
    run.assert_finds(&["routes-not-seen"]);
    let run =
        doctor(&with(&[("one", "ssm:/routes"), ("two", "s3://my-settings/routes")]), &[]).await;
    run.assert_finds(&["no-function"]);
    run.assert_says(&["function:one, ", "function:two"]);
}
