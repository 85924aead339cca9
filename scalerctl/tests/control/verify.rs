//! `scalerctl verify`: the measured values, and that it restores the state in all cases.

use std::{fs, path::Path, time::Duration};

use reactive_scaler::port::{EndpointStatus, ScalableTarget};
use serde_json::Value;
use simulator::{Fault, World};
use tokio::process::Child;

use super::setup::{ENDPOINT, Run, Setup, id};

const PROBE: &str = "reactive-scaler-verify";

/// The state that must be the same before and after. A lease that has ended is ignored.
#[derive(Debug, PartialEq)]
struct EndpointState {
    capacity: (i32, i32),
    status: EndpointStatus,
    target: Option<ScalableTarget>,
    probe: bool,
    kept_awake: bool,
}

fn state_of(setup: &Setup) -> EndpointState {
    let kept_awake = setup.records().live(setup.sim.now());
    setup.sim.with(|world| EndpointState {
        capacity: world.capacity(&id()),
        status: world.endpoint(ENDPOINT).unwrap().status,
        target: world.target(&id()),
        probe: world.action(&id(), PROBE).is_some(),
        kept_awake,
    })
}

async fn interrupt(child: Child) -> Run {
    let pid = child.id().unwrap().to_string();
    let killed = std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(killed.success());
    child.wait_with_output().await.unwrap().into()
}

fn was_asked(world: &mut World) -> bool {
    world.calls("UpdateEndpointWeightsAndCapacities") > 0
}

fn serves(world: &mut World) -> bool {
    world.capacity(&id()).0 == 1
}

fn between(value: &Value, least: f64, most: f64) {
    let seconds = value.as_f64().unwrap_or_else(|| panic!("{value}"));
    assert!((least..=most).contains(&seconds), "{seconds}");
}

/// The measured values are the delays of the model, plus at most the interval between reads and
/// the delay of the machine.
#[tokio::test]
async fn it_measures_the_delays_of_the_model_and_restores_the_state() {
    let setup = Setup::fast(0).await;
    let before = state_of(&setup);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (report, calibration) = (folder.join("verify.json"), folder.join("calibration.json"));
    let run = setup
        .run(&[
            "verify",
            ENDPOINT,
            "--yes",
            "--price-per-hour",
            "1.41",
            "--report",
            report.to_str().unwrap(),
            "--calibration",
            calibration.to_str().unwrap(),
        ])
        .await;
    run.assert(0, &["instance minutes", "at 1.41 an hour", "everything was restored"]);
    assert_eq!(state_of(&setup), before);

    let read =
        |file| -> Value { serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap() };
    let report = read(&report);
    let figures = &report["figures"];
    // The interval between reads is 5 s. It is longer on a busy machine.
    between(&figures["metric_lag_seconds"], 120.0, 180.0);
    between(&figures["provisioning_seconds"], 360.0, 480.0);
    between(&figures["scale_in_seconds"], 60.0, 180.0);
    let answer = |id: &str| {
        let all = report["answers"].as_array().unwrap();
        let found = all.iter().find(|answer| answer["id"] == id).unwrap();
        found["answer"].as_str().map(str::to_owned)
    };
    assert_eq!(answer("direct-zero").as_deref(), Some("yes"));
    assert_eq!(answer("in-flight"), None);
    assert!(answer("per-instance-at-zero").unwrap().starts_with("0 datapoints"));
    assert!(answer("backlog-while-idle").unwrap().starts_with("yes"));
    assert_eq!(answer("past-action").as_deref(), Some("it is no longer listed"));
    assert!(answer("past-at").unwrap().starts_with("yes"));
    assert_eq!(answer("activities").as_deref(), Some("nothing: it lists no activity"));
    assert!(answer("last-modified").is_some());
    assert_eq!((answer("state-change-events"), answer("alarm-delay")), (None, None));
    assert_eq!(figures["alarm_delay_seconds"], Value::Null);
    assert_eq!(report["restored"], true);

    let calibration = read(&calibration);
    assert_eq!(calibration["version"], 1);
    assert_eq!(calibration["endpoint"], ENDPOINT);
    let whole = |value: &Value| value.as_f64().map(f64::floor);
    for name in ["metric_lag_seconds", "provisioning_seconds", "scale_in_seconds"] {
        assert_eq!(whole(&calibration[name]), whole(&figures[name]), "{name}");
    }
}

/// Other settings of the model result in other answers.
#[tokio::test]
async fn its_answers_depend_on_the_behavior_of_aws() {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| {
        world.settings.keep_past_actions = true;
        world.settings.past_schedule = simulator::PastSchedule::Store;
    });
    let before = state_of(&setup);
    let (code, report) = setup.json(&["verify", ENDPOINT, "--yes"]).await;
    assert_eq!(code, Some(0), "{report}");
    let text = report["answers"].to_string();
    assert!(text.contains("it stays listed") && text.contains("no, it is taken"), "{text}");
    assert_eq!(state_of(&setup), before);
}

#[tokio::test]
async fn an_interrupt_during_scale_out_restores_the_state() {
    let setup = Setup::fast(0).await;
    let before = state_of(&setup);
    let child = setup.start(&["verify", ENDPOINT, "--yes"]);
    setup.until(was_asked).await;
    interrupt(child).await.assert(1, &["ended early: interrupted", "everything was restored"]);
    assert_eq!(state_of(&setup), before);
}

#[tokio::test]
async fn an_interrupt_in_service_restores_the_state() {
    let setup = Setup::fast(0).await;
    let before = state_of(&setup);
    let child = setup.start(&["verify", ENDPOINT, "--yes"]);
    setup.until(serves).await;
    interrupt(child).await.assert(1, &["interrupted", "everything was restored"]);
    assert_eq!(state_of(&setup), before);
}

/// A call fails before or after it takes effect.
#[tokio::test]
async fn a_call_that_fails_restores_the_state() {
    for (operation, nth, fault) in [
        ("PutScheduledAction", 1, Fault::NoAnswerAfterEffect),
        ("UpdateEndpointWeightsAndCapacities", 1, Fault::NoAnswerAfterEffect),
        ("RegisterScalableTarget", 1, Fault::NoAnswer),
        ("DescribeEndpoint", 8, Fault::AccessDenied),
        ("UpdateEndpointWeightsAndCapacities", 2, Fault::Throttled),
        ("DeleteScheduledAction", 1, Fault::NoAnswer),
    ] {
        let setup = Setup::fast(0).await;
        let before = state_of(&setup);
        setup.sim.with(|world| world.faults.fail_nth(operation, nth, fault.clone()));
        let run = setup.run(&["verify", ENDPOINT, "--yes"]).await;
        assert!(run.out.contains("everything was restored"), "{operation} {nth}: {run:?}");
        assert_eq!(state_of(&setup), before, "{operation} {nth}: {run:?}");
        assert!(setup.sim.with(|world| world.faults.is_spent()), "{operation} {nth}");
    }
}

/// If work arrives, the instance is kept, because the work needs it.
#[tokio::test]
async fn work_that_arrives_meanwhile_keeps_its_instance() {
    let setup = Setup::fast(0).await;
    let child = setup.start(&["verify", ENDPOINT, "--yes"]);
    setup.until(serves).await;
    setup.sim.with(|world| {
        world.stick_backlog(ENDPOINT, Some(1.0));
    });
    let run: Run = child.wait_with_output().await.unwrap().into();
    run.assert(1, &["work arrived", "left awake"]);
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn it_does_not_start_if_it_could_do_harm() {
    type Scene = fn(&mut World);
    let scenes: [(Scene, &str); 7] = [
        (|world| world.set_bounds(&id(), 1, 4), "MinCapacity is not 0"),
        (|world| world.set_bounds(&id(), 0, 0), "MaxCapacity is 0"),
        (|world| world.stick_backlog(ENDPOINT, Some(2.0)), "there is a backlog"),
        (|world| world.set_status(ENDPOINT, EndpointStatus::SystemUpdating), "not InService"),
        (|world| world.deregister_target(&id()), "not a registered scalable target"),
        (
            |world| {
                let scaling_in =
                    reactive_scaler::port::Suspended { scaling_in: true, ..Default::default() };
                world.suspend(&id(), scaling_in);
            },
            "scaling is suspended",
        ),
        (
            |world| {
                let scheduled =
                    reactive_scaler::port::Suspended { scheduled: true, ..Default::default() };
                world.suspend(&id(), scheduled);
            },
            "scheduled scaling is suspended",
        ),
    ];
    for (set, said) in scenes {
        let setup = Setup::with(0).await;
        setup.sim.with(|world| {
            set(world);
            // New datapoints are visible after 2 minutes, so an older one is added.
            if said.contains("backlog") {
                let at = world.now() - Duration::from_secs(300);
                world.set_backlog_override(ENDPOINT, Some(vec![(at, 2.0)]));
            }
        });
        let run = setup.run(&["verify", ENDPOINT, "--yes"]).await;
        run.assert(1, &["nothing was started", said]);
        assert_remedies(&run);
        assert_eq!(setup.writes(), Vec::<String>::new(), "{said}");
    }
    let setup = Setup::with(1).await;
    let run = setup.run(&["verify", ENDPOINT, "--yes"]).await;
    run.assert(1, &["it is not at zero", "\n  scalerctl sleep my-endpoint --wait\n"]);
    assert_remedies(&run);
    let setup = Setup::with(0).await;
    setup.run(&["hold", ENDPOINT, "--for", "1h"]).await.assert(0, &[]);
    let run = setup.run(&["verify", ENDPOINT, "--yes"]).await;
    run.assert(
        1,
        &[
            // Without --force, the hold refuses a sleep.
            "\n  scalerctl sleep my-endpoint --force --wait\n",
            "there is a lease or a hold",
            "\n  scalerctl release my-endpoint\n",
        ],
    );
    // The floor of the hold is not the owner's MinCapacity.
    assert!(!run.errors.contains("MinCapacity"), "{run:?}");
    assert_remedies(&run);
    setup.run(&["sleep", ENDPOINT, "--force"]).await.assert(0, &[]);
    let run = setup.run(&["verify", ENDPOINT, "--yes"]).await;
    run.assert(1, &["that has ended", "run the command again after "]);
    assert_remedies(&run);
}

/// Each condition that is not met is followed by what to do.
fn assert_remedies(run: &Run) {
    let lines: Vec<&str> = run.errors.lines().skip(1).collect();
    let conditions =
        lines.iter().filter(|line| !line.starts_with("what to do: ") && !line.starts_with("  "));
    let remedies = lines.iter().filter(|line| line.starts_with("what to do: "));
    assert_eq!(conditions.count(), remedies.count(), "{run:?}");
    assert!(!lines.is_empty(), "{run:?}");
}

#[tokio::test]
async fn without_consent_nothing_is_started() {
    let setup = Setup::with(0).await;
    let run = setup.run(&["verify", ENDPOINT]).await;
    run.assert(2, &["instance minutes", "add --yes"]);
    let run = setup.run(&["verify", ENDPOINT, "--dry-run", "--price-per-hour", "6"]).await;
    run.assert(0, &["about 9 to 16 instance minutes, 0.90 to 1.60 at 6 an hour"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}
