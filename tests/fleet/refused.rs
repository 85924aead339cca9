//! Contradictory routes for several endpoints, and their error messages.

use reactive_scaler::config::routes_from_json;

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
    ] {
        routes_from_json(routes).unwrap();
    }
}
