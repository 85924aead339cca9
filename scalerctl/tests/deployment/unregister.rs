//! `scalerctl unregister`.

use simulator::{MetricName, Statistic, TargetTracking};

use super::{
    run::scalerctl,
    setup::{BACKSTOP, ENDPOINT, POLICY, account, account_with, id, statements},
};

#[tokio::test]
async fn what_register_made_is_removed_and_then_nothing_changes() {
    let sim = account();
    scalerctl(&sim, &["register", ENDPOINT]).await.assert(0, &["4 changes"]);
    let dry = scalerctl(&sim, &["unregister", ENDPOINT, "--dry-run"]).await;
    dry.assert(0, &["would change target", "dry run: nothing was written"]);
    dry.assert_no_write();

    let first = scalerctl(&sim, &["unregister", ENDPOINT]).await;
    first.assert(0, &["3 changes"]);
    // What wakes the endpoint goes first.
    assert_eq!(first.writes, ["DeleteAlarms", "DeregisterScalableTarget", "DeleteTags"]);
    sim.with(|world| {
        assert!(world.alarm(BACKSTOP).is_none());
        assert!(world.target(&id()).is_none());
        assert!(world.scaling_policy(&id(), POLICY).is_none());
        assert!(world.endpoint(ENDPOINT).unwrap().tags.is_empty());
    });
    let second = scalerctl(&sim, &["unregister", ENDPOINT]).await;
    second.assert(0, &["nothing to change"]);
    second.assert_no_write();
    let gone = scalerctl(&sim, &["unregister", "never-existed"]).await;
    gone.assert(0, &["nothing to change"]);
}

/// AWS deletes the policies of a target with it.
#[tokio::test]
async fn policies_of_the_owner_are_deleted_only_if_the_user_says_so() {
    let sim = account();
    sim.with(|world| {
        world.register_target(&id(), 0, 4);
        let own = TargetTracking::new(
            2.0,
            MetricName::BacklogSizePerInstance,
            ENDPOINT,
            Statistic::Average,
        );
        world.put_scaling_policy(&id(), "own", own).unwrap();
    });
    let run = scalerctl(&sim, &["unregister", ENDPOINT]).await;
    run.assert(
        1,
        &["AWS would delete own with the registration", "--delete-policies", "--min-capacity 1"],
    );
    run.assert_no_write();
    let run = scalerctl(&sim, &["unregister", ENDPOINT, "--delete-policies"]).await;
    run.assert(0, &["deregistered, and own deleted"]);
    assert!(sim.with(|world| world.target(&id()).is_none()));
}

#[tokio::test]
async fn instances_that_stay_and_a_route_that_stays_are_named() {
    let sim = account_with(r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#);
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 2);
        world.register_target(&id(), 0, 4);
    });
    let run = scalerctl(&sim, &["unregister", ENDPOINT]).await;
    run.assert(0, &["2 instance(s) keep running", "names the endpoint: an upload still wakes it"]);
    assert_eq!(sim.with(|world| world.capacity(&id())), (2, 2));
}

/// The stack's own subscriptions stay.
#[tokio::test]
async fn only_the_subscriptions_of_register_are_deleted() {
    let sim = account_with(r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#);
    let success = sim.with(|world| {
        let success = world.topic_arn("mine-success");
        world.put_topic(&success, Vec::new());
        world.endpoint_mut(ENDPOINT).topics.success = Some(success.clone());
        success
    });
    scalerctl(&sim, &["register", ENDPOINT]).await.assert(0, &["is subscribed"]);
    let run = scalerctl(&sim, &["unregister", ENDPOINT]).await;
    run.assert(0, &["the function's subscriptions deleted"]);
    sim.with(|world| {
        assert!(world.topic_subscriptions(&success).unwrap().is_empty());
        assert_eq!(statements(world), ["stack-permission"]);
    });
}
