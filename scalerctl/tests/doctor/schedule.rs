//! Findings about the schedule that invokes the function.

use simulator::{Fault, InvocationSchedule, Simulator, World};

use super::{
    case::Case,
    run::doctor,
    world::{FUNCTION, but},
};

const TICK: &str = "my-scaler-Tick";

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

pub fn cases() -> Vec<Case> {
    vec![
        Case::new(
            "no-schedule",
            "it was deleted",
            without_tick(|_| {}),
            &[
                "has arn:aws:lambda:eu-central-1:123456789012:function:my-scaler as its target",
                "aws events put-rule --name my-scaler-tick --schedule-expression 'rate(1 minute)'\n",
                "--source-arn arn:aws:events:eu-central-1:123456789012:rule/my-scaler-tick\n",
                "aws events put-targets --rule my-scaler-tick --targets Id=tick,\
                 Arn=arn:aws:lambda:eu-central-1:123456789012:function:my-scaler\n",
            ],
        ),
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
            "a rule that is disabled",
            without_tick(|world| {
                let rule = rule(world);
                world.put_invocation_schedule(InvocationSchedule { enabled: false, ..rule });
            }),
            &[
                "no enabled schedule invokes the function: my-every-minute (its State is DISABLED)",
                "aws events enable-rule --name my-every-minute\n",
            ],
        ),
        Case::new(
            "no-schedule",
            "schedules of another function, and of another command",
            without_tick(|world| {
                for (name, function, input) in [
                    ("hold", FUNCTION, r#"{"action":"hold","endpoint":"my-endpoint"}"#),
                    ("other", "my-scaler-2", r#"{"action":"tick"}"#),
                ] {
                    let target = world.function_arn(function);
                    let input = Some(input.to_owned());
                    let schedule = InvocationSchedule::tick(name, target);
                    world.put_invocation_schedule(InvocationSchedule { input, ..schedule });
                }
            }),
            &["no schedule of EventBridge Scheduler and no rule of EventBridge has "],
        ),
    ]
}

/// One enabled schedule is enough. Without an input, Scheduler sends an event of its own.
#[tokio::test]
async fn any_enabled_schedule_is_enough() {
    doctor(&by_rule(), &[]).await.assert_finds(&[]);
    let sim = but(|world| {
        disable(world);
        let schedule = InvocationSchedule::tick("z-own", world.function_arn(FUNCTION));
        world.put_invocation_schedule(InvocationSchedule { input: None, ..schedule });
    });
    doctor(&sim, &[]).await.assert_finds(&[]);
}

/// If one of the services cannot be read, the other can still show that a schedule is enabled, but not that none is.
#[tokio::test]
async fn schedules_that_cannot_be_read_are_not_reported_as_missing() {
    for (operation, action, sim) in [
        ("ListSchedules", "scheduler", without_tick(|_| {})),
        ("ListSchedules", "scheduler", by_rule()),
        ("ListRuleNamesByTarget", "events", without_tick(|_| {})),
        ("ListRuleNamesByTarget", "events", but(disable)),
        ("DescribeRule", "events", by_rule()),
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
