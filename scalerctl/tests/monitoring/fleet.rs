//! `scalerctl status` of many endpoints: one line each.

use reactive_scaler::port::{Suspended, VariantId};
use serde_json::json;
use simulator::{Fault, Simulator};

use super::{
    run::{Run, scalerctl, scalerctl_with},
    setup::{ENDPOINT, GROUP, UNTIL, fresh, time},
};

/// The endpoint of the others, and 59 more: 40 of one team, 18 of another, and one that nobody registered.
fn fleet() -> Simulator {
    let sim = fresh();
    sim.with(|world| {
        for number in 1..=58 {
            let team = if number <= 40 { "team-a" } else { "team-b" };
            let id = VariantId::new(format!("{team}-{number:02}"), "AllTraffic");
            world.add_async_endpoint(&id.endpoint, "AllTraffic", i32::from(number % 10 == 0));
            world.register_target(&id, 0, 4);
        }
        world.add_async_endpoint("nobodys", "AllTraffic", 1);
        world.add_async_endpoint("real-time", "AllTraffic", 1);
        world.endpoint_mut("real-time").asynchronous = false;
        let line = json!({
            "message": "decision", "_aws": {}, "endpoint": "team-a-10", "variant": "AllTraffic",
            "signal": "tick", "action": "extend", "reason": "backlog", "from": 1, "to": 1,
        });
        world.log_at(GROUP, time(UNTIL) - std::time::Duration::from_secs(80), line.to_string());
    });
    sim
}

/// The lines below the header, by their first word.
fn line<'a>(run: &'a Run, endpoint: &str) -> &'a str {
    let is_of = |line: &&str| line.split(' ').next() == Some(endpoint);
    run.text.lines().find(is_of).unwrap_or_else(|| panic!("no {endpoint}: {}", run.text))
}

#[tokio::test]
async fn sixty_endpoints_are_61_lines_of_80_columns() {
    let sim = fleet();
    let run = scalerctl(&sim, &["status", "--log-group", GROUP]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    assert_eq!(run.text.lines().count(), 61, "{}", run.text);
    run.assert_fits(80);
    let head = "ENDPOINT     STATE      READY  AWAKE           BACKLOG  BOUNDS  LAST DECISION";
    assert_eq!(run.text.lines().next(), Some(head));
    let row = |cells: [&str; 7]| {
        let [endpoint, state, ready, awake, backlog, bounds, last] = cells;
        let line =
            format!("{endpoint:<13}{state:<11}{ready:<7}{awake:<16}{backlog:<9}{bounds:<8}{last}");
        line.trim_end().to_owned()
    };
    for cells in [
        [ENDPOINT, "InService", "0/0", "no", "-", "0-4", "-"],
        ["team-a-10", "InService", "1/1", "no", "-", "0-4", "extend 1m"],
        ["nobodys", "InService", "1/1", "not registered", "-", "-", "-"],
    ] {
        assert_eq!(line(&run, cells[0]), row(cells));
    }
    assert!(!run.text.contains("real-time"), "{}", run.text);
    for part in [
        "60 endpoints: 6 with instances, 54 at zero; all columns: -o wide\n",
        "1 endpoint is not registered and never scales to zero. To register it:\n  scalerctl register nobodys\n",
    ] {
        assert!(run.errors.contains(part), "no {part:?} in:\n{}", run.errors);
    }
}

#[tokio::test]
async fn columns_that_do_not_fit_are_left_out() {
    let sim = fleet();
    for (columns, last) in [("75", "LAST DECISION"), ("60", "BACKLOG"), ("40", "READY")] {
        let variables = [("COLUMNS", columns)];
        let arguments = ["status", "--log-group", GROUP, "--now", UNTIL];
        let run = scalerctl_with(&sim, &variables, &arguments).await;
        run.assert_fits(columns.parse().unwrap());
        assert_eq!(run.text.lines().count(), 61, "{}", run.text);
        let head = run.text.lines().next().unwrap();
        assert!(head.ends_with(last), "{columns}: {head}");
    }
    let wide = scalerctl(&sim, &["status", "--log-group", GROUP, "-o", "wide"]).await;
    assert_eq!(wide.text.lines().count(), 61, "{}", wide.text);
    let of_team = line(&wide, "team-a-10");
    assert!(of_team.ends_with("extend: backlog, 03:58 (1 min ago)"), "{of_team}");
}

/// As with a terminal of that width.
#[tokio::test]
async fn a_wide_terminal_gets_all_columns() {
    let sim = fleet();
    let arguments = ["status", "--log-group", GROUP, "--now", UNTIL];
    for (columns, is_wide) in [("90", false), ("200", true)] {
        let run = scalerctl_with(&sim, &[("COLUMNS", columns)], &arguments).await;
        run.assert_fits(columns.parse().unwrap());
        let head = run.text.lines().next().unwrap();
        assert_eq!(head.contains("KEPT AWAKE"), is_wide, "{head}");
        assert_eq!(run.errors.contains("all columns: -o wide"), !is_wide, "{}", run.errors);
    }
}

/// A name that is wider than the terminal keeps its ends.
#[tokio::test]
async fn a_long_name_is_shortened_only_if_it_must_be() {
    let sim = fresh();
    let name = format!("a-{}-z", "long".repeat(14));
    sim.with(|world| {
        world.add_async_endpoint(&name, "AllTraffic", 0);
        world.register_target(&VariantId::new(&name, "AllTraffic"), 0, 4);
    });
    let run = scalerctl(&sim, &["status"]).await;
    run.assert_fits(80);
    run.assert_says(&[&format!("{name}  InService")]);
    let run = scalerctl_with(&sim, &[("COLUMNS", "50")], &["status", "--now", UNTIL]).await;
    run.assert_fits(50);
    run.assert_says(&["a-long", "…", "-z  InService"]);
}

#[tokio::test]
async fn patterns_choose_endpoints_and_one_that_matches_none_is_refused() {
    let sim = fleet();
    for (names, count) in [
        (&["team-a-*"][..], 40),
        (&["team-?-1*", ENDPOINT], 11),
        (&["team-a-01", "team-a-0*"], 9),
        (&["nobod*", "team-b-5*"], 10),
        (&["--all"], 60),
    ] {
        let run = scalerctl(&sim, &[&["status"], names].concat()).await;
        assert_eq!(run.code, Some(0), "{}", run.errors);
        assert_eq!(run.text.lines().count(), count + 1, "{names:?}: {}", run.text);
    }
    for names in [&["team-c-*"][..], &["team-a-*", "team-c-*"], &["real-*"]] {
        let run = scalerctl(&sim, &[&["status"], names].concat()).await;
        let said = format!(
            "no async endpoint of this account and region matches {}",
            names.last().unwrap()
        );
        run.assert_refused(2, &[&said, "\n  aws sagemaker list-endpoints"]);
        assert_eq!(run.text, "");
    }
    scalerctl(&sim, &["status", "--all", ENDPOINT]).await.assert_refused(2, &["--all"]);
}

#[tokio::test]
async fn one_endpoint_that_is_not_registered_is_a_block_with_the_command() {
    let sim = fleet();
    let run = scalerctl(&sim, &["status", "nobodys"]).await;
    run.assert_says(&["bounds         not registered\n", "\n  scalerctl register nobodys\n"]);
    let document =
        scalerctl(&sim, &["status", "nobodys", "real-time", "-o", "json"]).await.document();
    let commands: Vec<_> =
        document["endpoints"].as_array().unwrap().iter().map(|it| &it["register_with"]).collect();
    assert_eq!(commands, [&json!("scalerctl register nobodys"), &json!(null)]);
}

/// Without the permission, the registered endpoints are still shown.
#[tokio::test]
async fn endpoints_that_cannot_be_listed_are_a_note() {
    let sim = fleet();
    sim.with(|world| world.faults.fail_next("ListEndpoints", Fault::AccessDenied, 1));
    let run = scalerctl(&sim, &["status"]).await;
    assert_eq!((run.code, run.text.lines().count()), (Some(0), 60), "{}", run.errors);
    let note = "endpoints that are not registered are not shown: sagemaker:ListEndpoints";
    assert!(run.errors.contains(note), "{}", run.errors);
}

#[tokio::test]
async fn suspended_scaling_has_a_column_if_there_is_any() {
    let sim = fleet();
    assert!(!scalerctl(&sim, &["status"]).await.text.contains("SUSPENDED"));
    let id = VariantId::new("team-b-41", "AllTraffic");
    let both = Suspended { scaling_in: true, scaling_out: true, scheduled: false };
    sim.with(|world| world.suspend(&id, both));
    let run = scalerctl(&sim, &["status"]).await;
    run.assert_fits(80);
    assert!(run.text.lines().next().unwrap().contains("SUSPENDED"), "{}", run.text);
    assert!(line(&run, "team-b-41").contains("in,out"), "{}", run.text);
}

#[tokio::test]
async fn watch_repeats_all_of_them_and_does_not_read_real_time_endpoints_again() {
    let sim = fleet();
    let run = scalerctl(&sim, &["status", "--watch", "1", "--times", "2"]).await;
    assert_eq!(run.code, Some(0), "{}", run.errors);
    assert_eq!(run.text.matches("next tick").count(), 2, "{}", run.text);
    assert_eq!(run.text.matches("\nteam-a-").count(), 80, "{}", run.text);
    let described = sim.with(|world| {
        let calls = world.journal.calls();
        calls
            .filter(|call| {
                call.operation.as_str() == "DescribeEndpoint" && call.resource == "real-time"
            })
            .count()
    });
    assert_eq!(described, 1);
}

#[tokio::test]
async fn report_takes_patterns() {
    let sim = fleet();
    let run = scalerctl(&sim, &["report", "team-b-5*", "--since", "1h", "-o", "json"]).await;
    assert_eq!(run.document()["endpoints"].as_array().unwrap().len(), 9);
    let run = scalerctl(&sim, &["report", "nobod*", "--since", "1h"]).await;
    run.assert_refused(2, &["no registered async endpoint matches nobod*"]);
    let run = scalerctl(&sim, &["report", "--all", "--since", "1h", "-o", "json"]).await;
    assert_eq!(run.document()["endpoints"].as_array().unwrap().len(), 59);
}

#[tokio::test]
async fn report_names_endpoints_that_are_not_registered() {
    let sim = fleet();
    let said = "1 endpoint is not registered and never scales to zero. To register it:\n  scalerctl register nobodys\n";
    for (names, is_named) in [
        (&[][..], true),
        (&["nobodys"], true),
        (&["*o*"], true),
        (&["team-a-*"], false),
        (&[ENDPOINT], false),
    ] {
        let arguments = [&["report", "--since", "1h"], names].concat();
        let run = scalerctl(&sim, &arguments).await;
        assert_eq!(run.text.contains(said), is_named, "{}{}", run.text, run.errors);
        assert_eq!(run.text.contains("not registered"), is_named, "{}", run.text);
        run.assert_fits(80);
        let document = scalerctl(&sim, &[&arguments[..], &["--json"]].concat()).await.document();
        let expected = if is_named { json!(["nobodys"]) } else { json!([]) };
        assert_eq!(document["not_registered"], expected);
    }
    sim.with(|world| {
        world.add_async_endpoint("nobodys-2", "AllTraffic", 1);
    });
    scalerctl(&sim, &["report", "--since", "1h"]).await.assert_says(&[
        "2 endpoints are not registered and never scale to zero. To register them:\n  \
         scalerctl register nobodys nobodys-2\n",
    ]);
    // Without the permission, there is a note.
    sim.with(|world| world.faults.fail_next("ListEndpoints", Fault::AccessDenied, 1));
    let run = scalerctl(&sim, &["report", "--since", "1h"]).await;
    run.assert_says(&[
        "note: endpoints that are not registered are not shown: sagemaker:ListEndpoints",
    ]);
    assert!(!run.text.contains("scalerctl register"), "{}", run.text);
}

#[tokio::test]
async fn report_of_sixty_endpoints_fits_80_columns() {
    let sim = fleet();
    for more in [&[][..], &["--log-group", GROUP], &["--price-per-hour", "1.41"]] {
        let run = scalerctl(&sim, &[&["report", "--since", "1h"], more].concat()).await;
        run.assert_says(&["59 endpoints: ", "\nnote: "]);
        run.assert_fits(80);
    }
}
