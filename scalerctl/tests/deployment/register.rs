//! `scalerctl register`.

use reactive_scaler::port::VariantId;
use simulator::{
    ActionPut, AlarmAction, AlarmSpec, Comparison, Fault, MetricName, Statistic, Subscription,
    TargetTracking,
};

use super::{
    run::scalerctl,
    setup::{
        BACKSTOP, ENDPOINT, FUNCTION, POLICY, SIGNALS, account, account_with, allow, id, statements,
    },
};

const ALL: [&str; 4] = ["AddTags", "PutMetricAlarm", "RegisterScalableTarget", "PutScalingPolicy"];

#[tokio::test]
async fn a_dry_run_writes_nothing_then_everything_is_made_and_then_nothing_changes() {
    let sim = account();
    let dry = scalerctl(&sim, &["register", ENDPOINT, "--dry-run"]).await;
    dry.assert(
        0,
        &[
            "would change tag",
            "would change backstop",
            "would change target",
            "would change policy",
        ],
    );
    dry.assert(0, &["dry run: nothing was written"]);
    dry.assert_no_write();

    let first = scalerctl(&sim, &["register", ENDPOINT]).await;
    first.assert(0, &["my-endpoint (variant AllTraffic, eu-central-1)", "4 changes", BACKSTOP]);
    // The registration and its policy are last: only then can AWS scale the endpoint to zero.
    assert_eq!(first.writes, ALL, "{}", first.text);
    sim.with(|world| {
        let endpoint = world.endpoint(ENDPOINT).unwrap();
        assert_eq!(endpoint.tags["reactive-scaler"], "yes");
        let target = world.target(&id()).unwrap();
        assert_eq!((target.min, target.max), (0, 1));
        assert!(world.scaling_policy(&id(), POLICY).is_some());
        let topic = world.topic_arn(SIGNALS);
        let alarm = world.alarm(BACKSTOP).unwrap();
        assert!(format!("{:?}", alarm.spec).contains(&topic), "{alarm:?}");
    });

    let second = scalerctl(&sim, &["register", ENDPOINT]).await;
    second.assert(0, &["nothing to change"]);
    second.assert_no_write();
    let json = scalerctl(&sim, &["register", ENDPOINT, "-o", "json"]).await.document();
    assert_eq!(json["ok"], true);
    let items = json["changes"][0]["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["state"] == "no change"), "{json}");
}

#[tokio::test]
async fn what_exists_is_kept() {
    let sim = account();
    sim.with(|world| {
        world.endpoint_mut(ENDPOINT).tags.insert("reactive-scaler".into(), "team-a".into());
        world.register_target(&id(), 0, 4);
        let own = TargetTracking::new(
            2.0,
            MetricName::BacklogSizePerInstance,
            ENDPOINT,
            Statistic::Average,
        );
        world.put_scaling_policy(&id(), "own", own).unwrap();
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(0, &["reactive-scaler=team-a", "MinCapacity 0, MaxCapacity 4", "policy    own"]);
    assert_eq!(run.writes, ["PutMetricAlarm"]);

    let run = scalerctl(&sim, &["register", ENDPOINT, "--max-capacity", "2", "--tag", "yes"]).await;
    run.assert(0, &["2 changes"]);
    assert_eq!(run.writes, ["AddTags", "RegisterScalableTarget"]);
    let target = sim.with(|world| world.target(&id()).unwrap());
    assert_eq!((target.min, target.max), (0, 2));
}

#[tokio::test]
async fn an_owners_minimum_is_not_changed_silently() {
    let sim = account();
    sim.with(|world| world.register_target(&id(), 1, 4));
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(1, &["refused", "the endpoint's owner set MinCapacity 1", "--allow-zero"]);
    run.assert_no_write();
    let run = scalerctl(&sim, &["register", ENDPOINT, "--allow-zero"]).await;
    run.assert(0, &["MinCapacity 0, MaxCapacity 4"]);
    assert_eq!(sim.with(|world| world.target(&id()).unwrap().min), 0);
}

/// A floor beside a lease is the function's.
#[tokio::test]
async fn the_functions_floor_is_no_owners_minimum() {
    let sim = account();
    sim.with(|world| {
        world.register_target(&id(), 0, 4);
        let release = world.now() + std::time::Duration::from_secs(3600);
        let lease = ActionPut::once("reactive-scaler-lease", release, Some(0), None);
        world.put_scheduled_action(&id(), &lease).unwrap();
        world.set_bounds(&id(), 1, 4);
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(0, &["no change    target    registered, MinCapacity 1, MaxCapacity 4"]);
    assert_eq!(sim.with(|world| world.target(&id()).unwrap().min), 1);
}

#[tokio::test]
async fn a_maximum_below_the_present_instances_is_refused() {
    let sim = account();
    sim.with(|world| {
        world.add_async_endpoint("two", "AllTraffic", 2);
    });
    let run = scalerctl(&sim, &["register", "two", "--max-capacity", "1"]).await;
    run.assert(1, &["2 instances are above a MaxCapacity of 1", "--max-capacity 2 or more"]);
    run.assert_no_write();
    // Without the option, the present instances fit.
    let run = scalerctl(&sim, &["register", "two"]).await;
    run.assert(0, &["MinCapacity 0, MaxCapacity 2"]);
    let two = VariantId::new("two", "AllTraffic");
    assert_eq!(sim.with(|world| world.capacity(&two)), (2, 2));
}

#[tokio::test]
async fn patterns_select_endpoints_and_a_refused_one_does_not_stop_the_others() {
    let sim = account();
    sim.with(|world| {
        world.add_async_endpoint("whisper-a", "AllTraffic", 0);
        world.add_async_endpoint("whisper-b", "blue", 0);
        let variant = simulator::VariantState::new("AllTraffic", 1);
        world.add_endpoint("whisper-real-time", vec![variant], false);
    });
    let run = scalerctl(&sim, &["register", "whisper-*"]).await;
    run.assert(1, &["whisper-b (variant blue", "it is not async", "refused: whisper-real-time;"]);
    sim.with(|world| {
        assert!(world.target(&VariantId::new("whisper-a", "AllTraffic")).is_some());
        assert!(world.target(&VariantId::new("whisper-b", "blue")).is_some());
        assert!(world.target(&id()).is_none(), "the pattern does not match it");
    });
    let run = scalerctl(&sim, &["register", "no-*"]).await;
    run.assert(2, &["no endpoint in eu-central-1 matches no-*"]);
    run.assert_no_write();
}

/// Otherwise the policy scales the endpoint to zero, and nothing wakes it.
#[tokio::test]
async fn an_endpoint_that_nothing_wakes_is_not_registered() {
    let sim = account_with(r#"[{"endpoint":"another"}]"#);
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(1, &["none has a route for the endpoint"]);
    run.assert_no_write();

    let sim = account();
    sim.with(|world| {
        let mut function = world.function(FUNCTION).unwrap().clone();
        function.variables.insert("SCALER_MODE".into(), "observe".into());
        world.put_function(function);
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(1, &["only observes", "ScalerMode=act"]);
    run.assert_no_write();

    let run = scalerctl(&sim, &["register", "my-endpont"]).await;
    run.assert(1, &["it does not exist"]);
}

#[tokio::test]
async fn two_functions_and_two_variants_must_be_named() {
    let sim = account();
    sim.with(|world| {
        let mut other = world.function(FUNCTION).unwrap().clone();
        other.name = "other".into();
        world.put_function(other);
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(1, &["several may cover it", "function:my-scaler", "--function"]);
    let run = scalerctl(&sim, &["register", ENDPOINT, "--function", FUNCTION]).await;
    run.assert(0, &["4 changes"]);

    sim.with(|world| {
        let variants = ["blue", "green"].map(|it| simulator::VariantState::new(it, 0));
        world.add_endpoint("both", variants.into(), true);
    });
    let run = scalerctl(&sim, &["register", "both", "--function", FUNCTION]).await;
    run.assert(1, &["its variants are blue, green", "--variant"]);
    let named = ["register", "both", "--function", FUNCTION, "--variant", "green"];
    scalerctl(&sim, &named).await.assert(0, &["variant green"]);
}

#[tokio::test]
async fn no_alarm_is_made_beside_the_stacks() {
    let sim = account();
    sim.with(|world| {
        let topic = world.topic_arn(SIGNALS);
        for (name, endpoint) in [("stack-BacklogAlarm", ENDPOINT), ("other-BacklogAlarm", "other")]
        {
            let metric = MetricName::HasBacklogWithoutCapacity;
            let alarm = AlarmSpec::new(name, metric, endpoint, Comparison::GreaterOrEqual, 1.0);
            let alarm_actions = vec![AlarmAction::Notify(topic.clone())];
            world.put_alarm(AlarmSpec { alarm_actions, ..alarm }).unwrap();
        }
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(0, &["no change    backstop  alarm stack-BacklogAlarm"]);
    assert!(!run.writes.contains(&"PutMetricAlarm"));
    // An alarm of another endpoint does not wake this one.
    sim.with(|world| world.delete_alarm("stack-BacklogAlarm"));
    scalerctl(&sim, &["register", ENDPOINT]).await.assert(0, &[BACKSTOP, "1 change"]);
}

#[tokio::test]
async fn without_a_signal_topic_the_alarm_is_not_made_and_the_user_is_told() {
    let sim = account();
    sim.with(|world| {
        let mut function = world.function(FUNCTION).unwrap().clone();
        function.permissions.clear();
        world.put_function(function);
    });
    let run = scalerctl(&sim, &["register", ENDPOINT, "--dry-run"]).await;
    run.assert(0, &["note         backstop", "--signal-topic"]);
    let topic = sim.with(|world| world.topic_arn("mine"));
    let run = scalerctl(&sim, &["register", ENDPOINT, "--signal-topic", &topic]).await;
    run.assert(0, &[&format!("alarm {BACKSTOP}, to {topic}")]);
}

#[tokio::test]
async fn topics_of_results_are_connected_once() {
    let sim = account_with(r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#);
    let [success, error] = sim.with(|world| {
        let topics = ["mine-success", "mine-error"].map(|name| world.topic_arn(name));
        for topic in &topics {
            world.put_topic(topic, Vec::new());
        }
        let endpoint = world.endpoint_mut(ENDPOINT);
        endpoint.topics.success = Some(topics[0].clone());
        endpoint.topics.error = Some(topics[1].clone());
        topics
    });
    // One of the two is connected already.
    sim.with(|world| {
        let function = world.function_arn(FUNCTION);
        world.put_topic(&error, vec![Subscription::new("lambda", function)]);
        allow(world, &error);
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(0, &[&format!("topics    the function is subscribed to {success}\n")]);
    assert_eq!(run.writes[1..3], ["AddPermission", "Subscribe"]);
    sim.with(|world| {
        let subscriptions = world.topic_subscriptions(&success).unwrap();
        assert_eq!(subscriptions[0].endpoint, world.function_arn(FUNCTION));
        assert!(statements(world).contains(&"reactive-scaler-mine-success".to_owned()));
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(0, &["nothing to change"]);
    run.assert_no_write();
}

/// What was done before is reported, and the rest is not tried.
#[tokio::test]
async fn a_call_that_fails_ends_the_change() {
    let sim = account();
    sim.with(|world| {
        world.faults.fail_next("RegisterScalableTarget", Fault::AccessDenied, 9);
    });
    let run = scalerctl(&sim, &["register", ENDPOINT]).await;
    run.assert(2, &["changed      tag", "failed       target", "not done     policy"]);
    run.assert(2, &["allow your own credentials application-autoscaling:RegisterScalableTarget"]);
}
