//! `scalerctl preflight`.

use serde_json::Value;
use simulator::{Fault, Simulator, VariantState, World};

use super::{
    run::{Run, scalerctl},
    setup::{ENDPOINT, account, id},
};

async fn preflight(sim: &Simulator, arguments: &[&str]) -> Run {
    let run = scalerctl(sim, &[&["preflight"], arguments].concat()).await;
    run.assert_no_write();
    run
}

/// The check that finds the problem, the arguments, and what makes the problem.
type Case<'a> = (&'a str, &'a [&'a str], fn(&mut World));

/// The checks with a problem.
fn problems(run: &Run) -> Vec<String> {
    let document = run.document();
    let checks = document["checks"].as_array().unwrap().clone();
    let with_problem = checks.iter().filter(|check| check["outcome"] == "problem");
    let names = with_problem.inspect(|check| {
        assert!(check["what_to_do"].as_str().is_some_and(|it| !it.is_empty()), "{check}");
    });
    names.map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_new_endpoint_has_no_problem() {
    let sim = account();
    let run = preflight(&sim, &[ENDPOINT]).await;
    run.assert(0, &["preflight my-endpoint (eu-central-1)", "variant     AllTraffic"]);
    let lines = run.text.lines().filter(|line| line.starts_with("ok ")).count();
    assert_eq!(lines, 8, "{}", run.text);
    run.assert(0, &["0 of 1000 in use, 1000 free", "registered  no", "0 now, MaxCapacity 1"]);
    let document = preflight(&sim, &[ENDPOINT, "-o", "json"]).await.document();
    assert_eq!((&document["ok"], &document["variant"]), (&Value::from(true), &"AllTraffic".into()));
}

#[tokio::test]
async fn each_problem_is_named() {
    let cases: [Case; 8] = [
        ("async", &["other"], |world| {
            world.add_endpoint("other", vec![VariantState::new("a", 1)], false);
        }),
        ("variant", &["other"], |world| {
            let two = ["a", "b"].map(|name| VariantState::new(name, 0));
            world.add_endpoint("other", two.into(), true);
        }),
        ("name", &["My-Endpoint"], |world| {
            world.add_async_endpoint("My-Endpoint", "AllTraffic", 0);
        }),
        ("registered", &[ENDPOINT], |world| world.register_target(&id(), 1, 4)),
        ("instances", &["other", "--max-capacity", "1"], |world| {
            world.add_async_endpoint("other", "AllTraffic", 2);
        }),
        ("topics", &[ENDPOINT], |world| {
            let topic = world.topic_arn("only-success");
            world.put_topic(&topic, Vec::new());
            world.endpoint_mut(ENDPOINT).topics.success = Some(topic);
        }),
        ("topics", &[ENDPOINT], |world| {
            let topic = world.topic_arn("gone");
            let topics = &mut world.endpoint_mut(ENDPOINT).topics;
            (topics.success, topics.error) = (Some(topic.clone()), Some(topic));
        }),
        ("quota", &[ENDPOINT, "--max-capacity", "4"], |world| world.set_quota(ENDPOINT, Some(3))),
    ];
    for (problem, arguments, change) in cases {
        let sim = account();
        sim.with(change);
        let run = preflight(&sim, &[arguments, &["-o", "json"]].concat()).await;
        run.assert(1, &[]);
        assert_eq!(problems(&run), [problem], "{}", run.text);
    }
}

/// The instances of other endpoints of the type count.
#[tokio::test]
async fn the_quota_is_used_by_all_endpoints() {
    let sim = account();
    sim.with(|world| {
        world.add_async_endpoint("other", "AllTraffic", 2);
        world.set_quota(ENDPOINT, Some(3));
    });
    preflight(&sim, &[ENDPOINT]).await.assert(0, &["2 of 3 in use, 1 free"]);
    let run = preflight(&sim, &[ENDPOINT, "--max-capacity", "2"]).await;
    run.assert(1, &["MaxCapacity 2 needs 2", "request an increase"]);
}

#[tokio::test]
async fn capital_letters_with_the_tag_are_no_problem() {
    let sim = account();
    sim.with(|world| {
        world.add_async_endpoint("My-Endpoint", "AllTraffic", 0);
        world.endpoint_mut("My-Endpoint").tags.insert("reactive-scaler".into(), "yes".into());
    });
    preflight(&sim, &["My-Endpoint"]).await.assert(0, &["EndpointTag=yes"]);
}

#[tokio::test]
async fn an_endpoint_that_does_not_exist_is_a_problem_and_an_unreachable_aws_is_another() {
    let sim = account();
    let run = preflight(&sim, &["my-endpont"]).await;
    run.assert(1, &["there is no endpoint my-endpont in eu-central-1", "list-endpoints"]);
    sim.with(|world| {
        world.faults.fail_next("DescribeEndpoint", Fault::AccessDenied, 9);
    });
    preflight(&sim, &[ENDPOINT]).await.assert(2, &["sagemaker:DescribeEndpoint"]);
}

/// A read that is denied is a problem: what is not known is not well.
#[tokio::test]
async fn a_read_that_is_denied_is_a_problem() {
    for (operation, check) in [
        ("ListServiceQuotas", "quota"),
        ("DescribeScalableTargets", "registered"),
        ("DescribeEndpointConfig", "topics"),
    ] {
        let sim = account();
        sim.with(|world| {
            world.faults.fail_next(operation, Fault::AccessDenied, 9);
        });
        let run = preflight(&sim, &[ENDPOINT, "-o", "json"]).await;
        run.assert(1, &["not known: "]);
        assert_eq!(problems(&run), [check], "{}", run.text);
    }
}
