//! How long a wake waits for each kind of route, and which endpoints a call without an answer delays.

use tokio::time::Duration;

use crate::{
    setup::{BUCKET, SDK, sdk_key},
    slow::{NEVER, Slow, names},
};

const NAMED: &str = r#"[{"endpoint":"whisper-049","bucket":"audio"}]"#;
const IN_KEY: &str = r#"[{"endpoint":"{endpoint}","bucket":"audio","prefix":"in/{endpoint}/"}]"#;
const NEWEST: &str = r#"[{"endpoint":"whisper-*","bucket":"audio"}]"#;
const ALL: &str = r#"[{"endpoint":"whisper-*","bucket":"audio","to":"all"}]"#;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn key(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

/// When the first record was written.
fn lease_after(slow: &Slow) -> Duration {
    let asked = slow.asked();
    let mut puts = asked.iter().filter(|asked| asked.operation == "PutScheduledAction");
    puts.next().map_or(NEVER, |asked| asked.after)
}

/// The table of docs/internals/performance.md.
#[tokio::test(start_paused = true)]
async fn capacity_is_requested_quickly_for_every_kind_of_route() {
    let newest = "whisper-049";
    let model = "the-model-of-the-endpoint";
    let rows = [
        ("named endpoint", NAMED, "audio", 50, "x".to_owned(), 150),
        ("`{endpoint}`, 500 registered", IN_KEY, "audio", 500, format!("in/{newest}/x"), 300),
        ("SDK key, an endpoint's name, 500 registered", SDK, BUCKET, 500, sdk_key(newest), 300),
        ("SDK key, a model's name, 20 registered", SDK, BUCKET, 20, sdk_key(model), 1000),
        ("pattern, the newest of 50", NEWEST, "audio", 50, "x".to_owned(), 1000),
        ("pattern, all of 50", ALL, "audio", 50, "x".to_owned(), 1000),
    ];
    for (kind, routes, bucket, count, object, limit) in rows {
        let slow = Slow::new(routes, &names("whisper", count), |_, _| ms(150));
        let name = if count > 49 { newest } else { "whisper-019" };
        slow.sim.with(|world| {
            world.endpoint_mut(name).variants[0].model = Some(model.to_owned());
        });
        slow.upload(bucket, &[object]).await.unwrap();
        let after = slow.capacity_after(name).unwrap_or(NEVER);
        println!("| {kind} | {} s |", after.as_secs_f64());
        assert!(after <= ms(limit), "{kind}: {after:?}");
        assert!(slow.desired(name) == 1 && slow.has_lease(name), "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn three_of_32_endpoints_that_do_not_answer_do_not_delay_the_others() {
    for routes in [IN_KEY, ALL] {
        let all = names("whisper", 32);
        let hangs =
            |_: &str, name: &str| ["whisper-000", "whisper-001", "whisper-007"].contains(&name);
        let slow = Slow::new(
            routes,
            &all,
            move |operation, name| {
                if hangs(operation, name) { NEVER } else { ms(150) }
            },
        );
        let keys: Vec<String> = all.iter().map(|name| format!("in/{name}/x")).collect();
        slow.upload("audio", &keys).await.unwrap_err();
        for name in all.iter().filter(|name| !hangs("", name)) {
            let after = slow.capacity_after(name).unwrap_or(NEVER);
            assert!(after <= ms(1000), "{routes}: {name} after {after:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn sixty_that_match_are_read_at_almost_two_seconds_a_read() {
    let slow = Slow::new(NEWEST, &names("whisper", 60), |_, _| ms(1800));
    slow.upload("audio", &key("x")).await.unwrap();
    assert_eq!(slow.desired("whisper-059"), 1);
    assert!(slow.has_lease("whisper-059"));
}

#[tokio::test(start_paused = true)]
async fn one_that_cannot_be_described_loses_no_input() {
    // The oldest, one between, and the newest of three.
    for hanging in 0..3 {
        let all = names("whisper", 3);
        let mute = all[hanging].clone();
        let slow = Slow::new(NEWEST, &all, move |operation, name| {
            if operation == "DescribeEndpoint" && name == mute { NEVER } else { ms(150) }
        });
        slow.upload("audio", &key("x")).await.unwrap_err();
        let best = if hanging == 2 { &all[1] } else { &all[2] };
        assert_eq!(slow.desired(best), 1, "{hanging} does not answer");
        assert!(slow.capacity_after(best).unwrap() <= ms(3000));
        // It may be the newest: its lease makes the next tick wake it.
        assert!(slow.has_lease(&all[hanging]), "{hanging}");
        assert_eq!(slow.desired(&all[hanging]), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_older_endpoint_that_is_only_slow_stays_at_zero() {
    let all = names("whisper", 3);
    let slow = Slow::new(NEWEST, &all, move |operation, name| {
        if operation == "DescribeEndpoint" && name == "whisper-000" { ms(4000) } else { ms(150) }
    });
    _ = slow.upload("audio", &key("x")).await;
    assert_eq!((slow.desired(&all[0]), slow.desired(&all[2])), (0, 1));
    assert!(!slow.has_lease(&all[0]));
}

#[tokio::test(start_paused = true)]
async fn capacity_waits_for_a_target_that_does_not_answer_three_seconds_at_most() {
    // The variant's name is guessed, and the guess is right or wrong.
    for variant in ["AllTraffic", "blue"] {
        let slow = Slow::new(NAMED, &[], |operation, _| {
            if operation == "DescribeScalableTargets" { NEVER } else { ms(150) }
        });
        let id = reactive_scaler::port::VariantId::new("whisper-049", variant);
        slow.sim.with(|world| {
            world.add_async_endpoint("whisper-049", variant, 0);
            world.register_target(&id, 0, 4);
        });
        let error = slow.upload("audio", &key("x")).await.unwrap_err();
        assert!(error.message.contains("DescribeScalableTargets"), "{error:?}");
        let after = slow.capacity_after("whisper-049").unwrap_or(NEVER);
        assert!(after <= ms(3000), "{variant}: {after:?}");
        assert_eq!(slow.sim.with(|world| world.capacity(&id).1), 1);
        assert_eq!(slow.calls("PutScheduledAction"), 0, "no lease where the target is unknown");
    }
}

#[tokio::test(start_paused = true)]
async fn no_capacity_is_asked_for_by_an_unknown_target_where_there_is_some() {
    let slow = Slow::new(NAMED, &names("whisper", 50), |operation, _| {
        if operation == "DescribeScalableTargets" { NEVER } else { ms(150) }
    });
    let id = crate::setup::id("whisper-049");
    slow.sim.with(|world| world.scale_by_person(&id, 1).unwrap());
    // While it starts, nothing could be asked for.
    slow.sim.advance(Duration::from_secs(600));
    assert_eq!(slow.sim.with(|world| world.capacity(&id)), (1, 1));
    slow.upload("audio", &key("x")).await.unwrap_err();
    assert_eq!(slow.capacity_after("whisper-049"), None);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_answers_late_serves_lease_and_floor() {
    let slow = Slow::new(NAMED, &names("whisper", 50), |operation, _| {
        if operation == "DescribeScalableTargets" { ms(6000) } else { ms(150) }
    });
    slow.upload("audio", &key("x")).await.unwrap();
    assert!(slow.capacity_after("whisper-049").unwrap() <= ms(3000));
    assert!(slow.has_lease("whisper-049"));
    assert_eq!(slow.min("whisper-049"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_answers_late_has_the_rest_of_the_capacity_asked_for() {
    let routes = r#"[{"endpoint":"whisper-049","bucket":"audio","wake_to":3}]"#;
    let slow = Slow::new(routes, &names("whisper", 50), |operation, _| {
        if operation == "DescribeScalableTargets" { ms(6000) } else { ms(150) }
    });
    // SageMaker may be busy with the first instance: then the invocation says so.
    let answer = slow.upload("audio", &key("x")).await;
    assert_eq!(slow.calls("UpdateEndpointWeightsAndCapacities"), 2);
    assert!(slow.desired("whisper-049") == 3 || answer.is_err(), "{answer:?}");
    assert!(slow.has_lease("whisper-049"));
}

#[tokio::test(start_paused = true)]
async fn records_that_do_not_answer_keep_no_lease_from_being_written() {
    let slow = Slow::new(NAMED, &names("whisper", 50), |operation, _| {
        if operation == "DescribeScheduledActions" { NEVER } else { ms(150) }
    });
    slow.upload("audio", &key("x")).await.unwrap_err();
    assert_eq!(slow.capacity_after("whisper-049"), Some(ms(150)));
    assert!(slow.has_lease("whisper-049"));
    assert!(lease_after(&slow) <= ms(12_000), "{:?}", lease_after(&slow));
}

#[tokio::test(start_paused = true)]
async fn a_capacity_call_that_does_not_answer_keeps_the_lease_waiting_ten_seconds_at_most() {
    let slow = Slow::new(NAMED, &names("whisper", 50), |operation, _| {
        if operation == "UpdateEndpointWeightsAndCapacities" { NEVER } else { ms(150) }
    });
    slow.upload("audio", &key("x")).await.unwrap_err();
    assert!(slow.has_lease("whisper-049"));
    assert!(lease_after(&slow) <= ms(12_000), "{:?}", lease_after(&slow));
}

/// A Lambda function's timeout can be shorter than what the SDK waits for one call.
#[tokio::test(start_paused = true)]
async fn a_short_timeout_leaves_time_for_the_lease() {
    for seconds in [4, 9, 19, 29, 44] {
        for mute in
            ["DescribeEndpoint", "UpdateEndpointWeightsAndCapacities", "DescribeScheduledActions"]
        {
            // The records are read with the capacity call. The lease can be written without them.
            let slow = Slow::new(NAMED, &names("whisper", 50), move |operation, _| {
                if operation == mute { NEVER } else { ms(150) }
            });
            let limit = Duration::from_secs(seconds);
            slow.upload_within(limit, "audio", &key("x")).await.unwrap_err();
            assert!(slow.has_lease("whisper-049"), "{mute} never answers, {seconds} s");
        }
    }
}
