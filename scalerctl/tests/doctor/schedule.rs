//! Findings about the schedule that sends the function a tick each minute.

use serde_json::json;
use simulator::{CustomMetric, Fault, InvocationSchedule, Simulator, World};

use super::{
    case::Case,
    run::doctor,
    world::{FUNCTION, ROUTES, but, function, minutes},
};

const TICK: &str = "my-scaler-Tick";

const NOTHING_SENDS: &str =
    "no schedule of EventBridge Scheduler and no rule of EventBridge sends ticks to arn:";

/// Without the schedule of the template, with this change.
fn without_tick(change: impl FnOnce(&mut World)) -> Simulator {
    but(|world| {
        world.delete_invocation_schedule(TICK);
        change(world);
    })
}

fn rule(world: &World) -> InvocationSchedule {
    InvocationSchedule::rule("my-every-minute", world.function_arn(FUNCTION))
}

/// A rule of EventBridge invokes the function.
pub fn by_rule() -> Simulator {
    but(|world| {
        disable(world);
        let rule = rule(world);
        world.put_invocation_schedule(rule);
    })
}

fn disable(world: &mut World) {
    let alias = format!("{}:tick", world.function_arn(FUNCTION));
    let enabled = InvocationSchedule::tick(TICK, alias);
    world.put_invocation_schedule(InvocationSchedule { enabled: false, ..enabled });
}

/// Only this schedule, if it replaces another one of the simulated AWS.
fn only(schedule: impl FnOnce(&mut World) -> InvocationSchedule) -> Simulator {
    without_tick(|world| {
        let schedule = schedule(world);
        world.put_invocation_schedule(schedule);
    })
}

/// Only a schedule of EventBridge Scheduler that calls Invoke of Lambda with this request.
fn calling(request: serde_json::Value) -> Simulator {
    only(|_| InvocationSchedule {
        input: Some(request.to_string()),
        ..InvocationSchedule::tick("by-api", "arn:aws:scheduler:::aws-sdk:lambda:invoke")
    })
}

/// The function was invoked in so many of the last minutes that CloudWatch has.
fn invoked(world: &mut World, in_minutes: u64) {
    for minute in 0..in_minutes {
        let at = world.now() - minutes(4 + minute);
        let metric = CustomMetric {
            namespace: "AWS/Lambda".into(),
            name: "Invocations".into(),
            dimensions: vec![("FunctionName".into(), FUNCTION.into())],
        };
        world.put_metric(metric, at, 2.0);
    }
}

pub fn cases() -> Vec<Case> {
    [not_running(), not_enough(), not_found()].into_iter().flatten().collect()
}

fn not_running() -> Vec<Case> {
    vec![
        Case::new(
            "no-schedule",
            "it is disabled",
            but(disable),
            &[
                "no enabled schedule invokes the function: my-scaler-Tick (its State is DISABLED)",
                "aws scheduler update-schedule --state ENABLED --cli-input-json ",
                "get-schedule --name my-scaler-Tick --group-name default ",
            ],
        ),
        Case::new(
            "no-schedule",
            "it is disabled, in a group, and hourly",
            only(|world| InvocationSchedule {
                group: "mine".into(),
                enabled: false,
                expression: "rate(1 hour)".into(),
                ..InvocationSchedule::tick("hourly", world.function_arn(FUNCTION))
            }),
            &[
                "aws scheduler update-schedule --state ENABLED --schedule-expression 'rate(1 minute)' ",
                "get-schedule --name hourly --group-name mine ",
            ],
        ),
        Case::new(
            "no-schedule",
            "it begins later",
            only(|world| InvocationSchedule {
                start: Some(world.now() + minutes(1)),
                ..InvocationSchedule::tick("later", world.function_arn(FUNCTION))
            }),
            &["later (its StartDate is in the future)", "aws scheduler update-schedule "],
        ),
        Case::new(
            "no-schedule",
            "it has ended",
            only(|world| InvocationSchedule {
                end: Some(world.now() - minutes(1)),
                ..InvocationSchedule::tick("over", world.function_arn(FUNCTION))
            }),
            &["over (its EndDate has passed)", "aws scheduler update-schedule "],
        ),
        Case::new(
            "no-schedule",
            "a rule that is disabled",
            only(|world| InvocationSchedule { enabled: false, ..rule(world) }),
            &[
                "no enabled schedule invokes the function: my-every-minute (its State is DISABLED)",
                "aws events enable-rule --name my-every-minute\n",
            ],
        ),
        Case::new(
            "no-schedule",
            "a rule that is disabled, and has another target",
            only(|world| InvocationSchedule {
                enabled: false,
                other_targets: vec![world.function_arn("another")],
                ..rule(world)
            }),
            &[
                "aws events remove-targets --rule my-every-minute --ids function\n",
                "aws events put-rule --name my-scaler-tick ",
            ],
        ),
    ]
}

fn not_enough() -> Vec<Case> {
    vec![
        Case::new(
            "schedule-slow",
            "each 5 minutes",
            only(|world| InvocationSchedule {
                expression: "rate(5 minutes)".into(),
                ..InvocationSchedule::tick(TICK, world.function_arn(FUNCTION))
            }),
            &[
                "no schedule invokes the function each minute: my-scaler-Tick (rate(5 minutes))",
                "aws scheduler update-schedule --state ENABLED --schedule-expression 'rate(1 minute)' ",
            ],
        ),
        Case::new(
            "schedule-slow",
            "a rule for the day, beside one that is disabled",
            but(|world| {
                disable(world);
                let expression = "cron(* 8-17 * * ? *)".into();
                let rule = InvocationSchedule { expression, ..rule(world) };
                world.put_invocation_schedule(rule);
            }),
            &[
                "my-scaler-Tick (its State is DISABLED), my-every-minute (cron(* 8-17 * * ? *))",
                "aws events put-rule --name my-every-minute --state ENABLED --schedule-expression \
                 'rate(1 minute)'\n",
            ],
        ),
        Case::new(
            "schedule-slow",
            "a rule that has another target",
            only(|world| InvocationSchedule {
                expression: "rate(1 hour)".into(),
                other_targets: vec![world.function_arn("another")],
                ..rule(world)
            }),
            &[
                "aws events remove-targets --rule my-every-minute --ids function\n",
                "aws events put-targets --rule my-scaler-tick ",
            ],
        ),
        Case::new(
            "no-schedule",
            "its alias was deleted",
            but(|world| {
                let variables = [("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "act")];
                let mut function = function(&variables);
                function.aliases.clear();
                world.put_function(function);
            }),
            &[
                "my-scaler-Tick (its target arn:aws:lambda:eu-central-1:123456789012:function:\
                 my-scaler:tick does not exist)",
                "aws scheduler delete-schedule --name my-scaler-Tick --group-name default\n",
                "aws events put-rule --name my-scaler-tick ",
            ],
        ),
        Case::new(
            "no-schedule",
            "its version has other routes",
            only(|world| {
                let mut it = function(&[("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "act")]);
                let variables = [("SCALER_ROUTES", r#"[{"endpoint":"older","bucket":"b"}]"#)];
                let variables = variables.map(|(name, value)| (name.into(), value.into()));
                it.versions.insert("7".into(), variables.into());
                world.put_function(it);
                InvocationSchedule::rule("old", world.function_arn("my-scaler:7"))
            }),
            &[
                "function:my-scaler:7 has other settings and does not manage my-endpoint)",
                "aws events remove-targets --rule old --ids function\n",
            ],
        ),
    ]
}

fn not_found() -> Vec<Case> {
    vec![
        Case::new(
            "no-schedule",
            "it was deleted",
            without_tick(|world| invoked(world, 14)),
            &[
                NOTHING_SENDS,
                "my-scaler, and 14 of the last 15 minutes have an invocation\n",
                "aws events put-rule --name my-scaler-tick --schedule-expression 'rate(1 minute)'\n",
                "--source-arn arn:aws:events:eu-central-1:123456789012:rule/my-scaler-tick\n",
                "aws events put-targets --rule my-scaler-tick --targets Id=tick,\
                 Arn=arn:aws:lambda:eu-central-1:123456789012:function:my-scaler\n",
            ],
        ),
        Case::new(
            "no-schedule",
            "schedules of another function, of another command, and for once",
            without_tick(|world| {
                let tick = r#"{"action":"tick"}"#;
                for (name, function, expression, input) in [
                    (
                        "hold",
                        FUNCTION,
                        "rate(1 minute)",
                        r#"{"action":"hold","endpoint":"my-endpoint"}"#,
                    ),
                    ("other", "my-scaler-2", "rate(1 minute)", tick),
                    ("wrong", FUNCTION, "rate(1 minute)", r#"{"action":"tock"}"#),
                    ("once", FUNCTION, "at(2031-01-07T09:00:00)", tick),
                ] {
                    let (input, expression) = (Some(input.to_owned()), expression.to_owned());
                    let schedule = InvocationSchedule::tick(name, world.function_arn(function));
                    let schedule = InvocationSchedule { input, expression, ..schedule };
                    world.put_invocation_schedule(schedule.clone());
                    let kind = simulator::InvocationScheduleKind::Rule;
                    let name = format!("rule-{name}");
                    // `at` is for EventBridge Scheduler only.
                    if !schedule.expression.starts_with("at(") {
                        let rule = InvocationSchedule { kind, name, ..schedule };
                        world.put_invocation_schedule(rule);
                    }
                }
                let path = Some("$.detail".to_owned());
                let rule = InvocationSchedule { input_path: path, ..rule(world) };
                world.put_invocation_schedule(rule);
            }),
            &[NOTHING_SENDS],
        ),
        Case::new(
            "no-schedule",
            "calls of Invoke that send no tick",
            without_tick(|world| {
                let arn = "arn:aws:scheduler:::aws-sdk:lambda:invoke";
                let tick = r#"{"action":"tick"}"#;
                for (row, request) in [
                    json!({ "FunctionName": "my-scaler-2", "Payload": tick }),
                    json!({ "FunctionName": FUNCTION, "Payload": tick, "InvocationType": "DryRun" }),
                    json!({ "FunctionName": FUNCTION, "Payload": r#"{"action":"status"}"# }),
                    json!({ "FunctionName": FUNCTION }),
                    json!("my-scaler"),
                ]
                .into_iter()
                .enumerate()
                {
                    let input = Some(request.to_string());
                    let schedule = InvocationSchedule::tick(format!("call-{row}"), arn);
                    world.put_invocation_schedule(InvocationSchedule { input, ..schedule });
                }
            }),
            &[NOTHING_SENDS],
        ),
        Case::new(
            "schedule-not-seen",
            "something else invokes it each minute",
            but(|world| {
                disable(world);
                invoked(world, 15);
            }),
            &[
                "each of the last 15 minutes has an invocation of arn:aws:lambda:eu-central-1:123456789012:\
                 function:my-scaler, but ",
                "aws logs tail /aws/lambda/my-scaler --since 1d --filter-pattern '{ $.signal = \"tick\" }'\n",
                "or: if there are none, create a rule that invokes it each minute\n",
                "aws events put-rule --name my-scaler-tick ",
            ],
        ),
    ]
}

/// A rule of EventBridge that invokes the function each minute, in each way.
#[tokio::test]
async fn each_rule_with_a_tick_each_minute_is_enough() {
    doctor(&by_rule(), &[]).await.assert_finds(&[]);
    let changes: [fn(&World, InvocationSchedule) -> InvocationSchedule; 7] = [
        |_, it| InvocationSchedule { target: format!("{}:tick", it.target), ..it },
        |_, it| InvocationSchedule { target: format!("{}:$LATEST", it.target), ..it },
        |_, it| InvocationSchedule { target: format!("{}:7", it.target), ..it },
        |world, it| InvocationSchedule {
            other_targets: vec![
                world.function_arn("another"),
                "arn:aws:sqs:eu-central-1:123456789012:queue".into(),
            ],
            ..it
        },
        |_, it| InvocationSchedule { input: Some(r#"{"action":"tick"}"#.into()), ..it },
        |_, it| InvocationSchedule {
            input_template: Some(
                r#"{"source":"aws.events","detail-type":"Scheduled Event","time":<time>}"#.into(),
            ),
            ..it
        },
        |_, it| InvocationSchedule { expression: "cron(0/1 * * * ? *)".into(), ..it },
    ];
    for change in changes {
        let sim = only(|world| {
            let variables = [("SCALER_ROUTES", ROUTES), ("SCALER_MODE", "act")];
            let mut it = function(&variables);
            let variables = variables.map(|(name, value)| (name.into(), value.into()));
            it.versions.insert("7".into(), variables.into());
            world.put_function(it);
            let slow = InvocationSchedule { expression: "rate(1 hour)".into(), ..rule(world) };
            world.put_invocation_schedule(InvocationSchedule { name: "a-slow".into(), ..slow });
            change(world, rule(world))
        });
        doctor(&sim, &[]).await.assert_finds(&[]);
    }
}

/// A schedule of EventBridge Scheduler can name the function in its input only, in each form that Lambda accepts.
#[tokio::test]
async fn each_call_of_invoke_with_a_tick_is_enough() {
    let arn = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
    let tick = r#"{"action":"tick"}"#;
    for request in [
        json!({ "FunctionName": FUNCTION, "InvocationType": "Event", "Payload": tick }),
        json!({ "FunctionName": "my-scaler:tick", "Payload": tick }),
        json!({ "FunctionName": arn, "Payload": tick }),
        json!({ "FunctionName": format!("{arn}:tick"), "Payload": tick }),
        json!({ "FunctionName": "123456789012:function:my-scaler", "Payload": tick }),
        json!({ "FunctionName": FUNCTION, "Qualifier": "tick", "Payload": { "action": "tick" } }),
    ] {
        doctor(&calling(request), &[]).await.assert_finds(&[]);
    }
    // The qualifier is checked, too.
    let request = json!({ "FunctionName": FUNCTION, "Qualifier": "gone", "Payload": tick });
    doctor(&calling(request), &[]).await.assert_finds(&["no-schedule"]);
}

/// One enabled schedule is enough. Without an input, Scheduler sends an event of its own.
#[tokio::test]
async fn any_enabled_schedule_is_enough() {
    let sim = but(|world| {
        disable(world);
        let schedule = InvocationSchedule {
            group: "mine".into(),
            start: Some(world.now() - minutes(1)),
            end: Some(world.now() + minutes(1)),
            input: None,
            ..InvocationSchedule::tick("z-own", world.function_arn(FUNCTION))
        };
        world.put_invocation_schedule(schedule);
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// If the invocations cannot be counted, no schedule is still no schedule.
#[tokio::test]
async fn invocations_that_cannot_be_read_are_not_counted() {
    let sim = without_tick(|world| {
        world.faults.fail_next("GetMetricData", Fault::AccessDenied, 100);
    });
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["no-schedule", "not-readable"]);
    run.assert_says(&[
        "sends ticks to arn:aws:lambda:eu-central-1:123456789012:function:my-scaler\n",
    ]);
}

/// The alias that the user named needs no second look.
#[tokio::test]
async fn the_function_can_be_named_by_its_alias() {
    doctor(&but(|_| {}), &["--function", "my-scaler:tick"]).await.assert_finds(&[]);
}

/// If one of the services cannot be read, the other can still show that a schedule is enabled, but not that none is.
#[tokio::test]
async fn schedules_that_cannot_be_read_are_not_reported_as_missing() {
    for (operation, action, sim) in [
        ("ListSchedules", "scheduler", without_tick(|_| {})),
        ("ListSchedules", "scheduler", by_rule()),
        ("ListRules", "events", without_tick(|_| {})),
        ("ListRules", "events", but(disable)),
        ("ListTargetsByRule", "events", by_rule()),
    ] {
        sim.with(|world| world.faults.fail_next(operation, Fault::AccessDenied, 100));
        let run = doctor(&sim, &[]).await;
        run.assert_finds(&["not-readable"]);
        run.assert_says(&[&format!("allow your own credentials {action}:{operation} on ")]);
    }
}

/// ListSchedules has no filter for a target: the search has an end.
#[tokio::test]
async fn more_schedules_than_are_read_are_not_reported_as_missing() {
    let sim = without_tick(|world| {
        world.settings.page_size = 1;
        for number in 0..60 {
            let target = world.function_arn("another");
            let name = format!("schedule-{number}");
            world.put_invocation_schedule(InvocationSchedule::tick(name, target));
        }
    });
    let run = doctor(&sim, &[]).await;
    run.assert_finds(&["not-readable"]);
    run.assert_says(&["scheduler:ListSchedules on * failed: there are more than "]);
}
