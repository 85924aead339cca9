//! Contradictory routes for several endpoints, and their error messages.

use jiff::SignedDuration;
use reactive_scaler::config::{Config, routes_from_json};

#[test]
fn each_refusal_names_its_field() {
    for (routes, field) in [
        (r#"[{}]"#, "[0].endpoint: missing field"),
        (r#"[{"endpoint":"{endpoint}"}]"#, "[0].prefix"),
        (r#"[{"endpoint":"{endpoint}","prefix":"{endpoint}/{endpoint}"}]"#, "[0].prefix"),
        (r#"[{"endpoint":"a","prefix":"{endpoint}/"}]"#, "[0].prefix"),
        (
            r#"[{"endpoint":"{endpoint}","prefix":"{endpoint}/","suffix":"{endpoint}"}]"#,
            "[0].suffix",
        ),
        (r#"[{"endpoint":"x-{endpoint}","prefix":"a/"}]"#, "[0].endpoint"),
        (r#"[{"endpoint":"a_*"}]"#, "[0].endpoint"),
        (r#"[{"endpoint":"a?"}]"#, "[0].endpoint"),
        (r#"[{"endpoint":"a","to":"all"}]"#, "[0].to"),
        (r#"[{"preset":"sagemaker-sdk","to":"all"}]"#, "[0].to"),
        (r#"[{"endpoint":"a-*","to":"oldest"}]"#, "[0].to"),
        (r#"[{"preset":"other"}]"#, "[0].preset"),
        (r#"[{"preset":"sagemaker-sdk","endpoint":"a"}]"#, "[0].endpoint"),
        (r#"[{"preset":"sagemaker-sdk","prefix":"a"}]"#, "[0].prefix"),
        (r#"[{"preset":"sagemaker-sdk","suffix":"a"}]"#, "[0].suffix"),
        (r#"[{"endpoint":"a","inputs_per_instance":0}]"#, "[0].inputs_per_instance"),
        (r#"[{"endpoint":"a","inputs_per_instance":-1}]"#, "[0].inputs_per_instance"),
        (
            r#"[{"endpoint":"a","bucket":"aaa"},{"endpoint":"a","bucket":"bbb","inputs_per_instance":5}]"#,
            "[1].inputs_per_instance",
        ),
        (r#"[{"preset":"sagemaker-sdk"},{"preset":"sagemaker-sdk"}]"#, "[1].endpoint"),
        (r#"[{"endpoint":"a-*","results":true}]"#, "[0].results"),
        (r#"[{"endpoint":"a","idle_minutes":0}]"#, "[0].idle_minutes"),
        (r#"[{"endpoint":"a","idle_minutes":-1,"results":true}]"#, "[0].idle_minutes"),
        (r#"[{"endpoint":"a","job_minutes":0}]"#, "[0].job_minutes"),
        (r#"[{"endpoint":"a","job_minutes":61}]"#, "[0].job_minutes"),
        (
            r#"[{"endpoint":"a","bucket":"aaa","results":true},{"endpoint":"a","bucket":"bbb","idle_minutes":1}]"#,
            "[1].results",
        ),
        (
            r#"[{"endpoint":"a","bucket":"aaa","job_minutes":5},{"endpoint":"a","bucket":"bbb"}]"#,
            "[1].job_minutes",
        ),
    ] {
        let problem = routes_from_json(routes).unwrap_err().to_string();
        assert!(problem.contains(field), "{routes}: {problem}");
        assert!(problem.contains("for example"), "{problem}");
    }
}

#[test]
fn valid_routes_are_accepted() {
    for routes in [
        r#"[{"endpoint":"{endpoint}","prefix":"async-endpoint-inputs/{endpoint}-"}]"#,
        r#"[{"preset":"sagemaker-sdk","bucket":"my-inputs","idle_minutes":5,"variant":"blue"}]"#,
        r#"[{"endpoint":"whisper-*","to":"all"},{"endpoint":"*"}]"#,
        r#"[{"endpoint":"a","inputs_per_instance":1}]"#,
        r#"[{"endpoint":"a","results":true,"idle_minutes":0,"job_minutes":60}]"#,
        r#"[{"preset":"sagemaker-sdk","results":true}]"#,
        r#"[{"endpoint":"a","job_minutes":1}]"#,
    ] {
        routes_from_json(routes).unwrap();
    }
}

#[test]
fn results_need_a_table() {
    let with_table = |table: Option<&str>| {
        Config::read(|variable| match variable {
            "SCALER_ROUTES" => Some(r#"[{"endpoint":"a"},{"endpoint":"b","results":true}]"#.into()),
            "SCALER_LEDGER" => table.map(str::to_owned),
            _ => None,
        })
    };
    assert!(with_table(Some("my-ledger")).is_ok());
    for (table, texts) in [
        (None, ["[1].results", "SCALER_LEDGER"]),
        (Some(""), ["[1].results", "SCALER_LEDGER"]),
        (Some("no table"), ["SCALER_LEDGER", "no table"]),
        (Some("ab"), ["SCALER_LEDGER", "ab"]),
    ] {
        let problem = with_table(table).unwrap_err().to_string();
        assert!(texts.iter().all(|text| problem.contains(text)), "{table:?}: {problem}");
    }
}

#[test]
fn the_window_without_results_is_two_minutes_longer_than_the_longest_job() {
    for (route, window, done_after) in [
        (r#"[{"endpoint":"a"}]"#, 17, None),
        (r#"[{"endpoint":"a","idle_minutes":18}]"#, 18, None),
        (r#"[{"endpoint":"a","job_minutes":8}]"#, 10, None),
        (r#"[{"endpoint":"a","job_minutes":1}]"#, 10, None),
        (r#"[{"endpoint":"a","idle_minutes":2,"job_minutes":1}]"#, 5, None),
        (r#"[{"endpoint":"a","job_minutes":30}]"#, 32, None),
        (r#"[{"endpoint":"a","idle_minutes":40,"job_minutes":30}]"#, 40, None),
        (r#"[{"endpoint":"a","results":true}]"#, 17, Some(1)),
        (r#"[{"endpoint":"a","results":true,"idle_minutes":0,"job_minutes":1}]"#, 5, Some(0)),
    ] {
        let policy = routes_from_json(route).unwrap()[0].policy();
        assert_eq!(policy.idle, SignedDuration::from_mins(window), "{route}");
        assert_eq!(policy.done_after, done_after.map(SignedDuration::from_mins), "{route}");
    }
}
