//! A world that starts at the current time, with its HTTP interface.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::VariantId,
};
use simulator::{ActionPut, LoopbackAws, Simulator, World};

use super::{
    Function,
    names::{ENDPOINT, VARIANT},
};

/// The example route of the contract: uploads to `my-inputs` under `async/in/` wake `my-endpoint`. The
/// idle window is 10 minutes.
pub const ROUTE: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/","idle_minutes":10,"job_minutes":8}]"#;

/// `my-endpoint`'s only variant.
pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// This many minutes ago.
pub fn ago(minutes: i64) -> Timestamp {
    ahead(-minutes)
}

/// In this many minutes.
pub fn ahead(minutes: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_mins(minutes)
}

/// Backlog datapoints of 0, this many minutes ago each.
pub fn zeros(minutes_ago: &[i64]) -> Vec<(Timestamp, f64)> {
    minutes_ago.iter().map(|minutes| (ago(*minutes), 0.0)).collect()
}

/// A world and its HTTP interface.
pub struct TestWorld {
    /// The world.
    pub sim: Simulator,
    aws: LoopbackAws,
}

impl TestWorld {
    /// A world that `set_up` prepares.
    pub async fn new(set_up: impl FnOnce(&mut World)) -> Self {
        let sim = Simulator::new(Timestamp::now());
        sim.with(set_up);
        sim.follow_wall_clock();
        let aws = LoopbackAws::start(sim.clone()).await.unwrap();
        Self { sim, aws }
    }

    /// `my-endpoint` at zero, registered with 0 to 1 instances, and no lease.
    pub async fn at_zero() -> Self {
        Self::new(|world| {
            world.add_async_endpoint(ENDPOINT, VARIANT, 0);
            world.register_target(&id(), 0, 1);
        })
        .await
    }

    /// `my-endpoint` in service with one instance, a raised floor, and a lease until `end`.
    pub async fn awake_until(end: Timestamp) -> Self {
        Self::new(|world| {
            world.add_async_endpoint(ENDPOINT, VARIANT, 1);
            world.register_target(&id(), 1, 1);
            world.plant_action(&id(), &ActionPut::once(LEASE, end + WATCH, Some(0), None));
        })
        .await
    }

    /// `my-endpoint` in service with a lease that ended a minute ago, and these backlog datapoints.
    pub async fn with_ended_lease(datapoints: Vec<(Timestamp, f64)>) -> Self {
        let test_world = Self::awake_until(ago(1)).await;
        test_world.sim.with(|world| world.set_backlog_override(ENDPOINT, Some(datapoints)));
        test_world
    }

    /// The endpoint URL.
    pub fn url(&self) -> &str {
        &self.aws.url
    }

    /// A function with this endpoint URL and the default route.
    pub async fn function(&self) -> Function {
        Function::start(self.url(), ROUTE).await
    }

    /// Current and desired instances of `my-endpoint`.
    pub fn capacity(&self) -> (i32, i32) {
        self.sim.with(|world| world.capacity(&id()))
    }

    /// `MinCapacity` of `my-endpoint`'s scalable target.
    pub fn floor(&self) -> i32 {
        self.sim.with(|world| world.target(&id()).expect("a registered target").min)
    }

    /// R of a record of `my-endpoint`, if the record exists.
    pub fn release_of(&self, record: &str) -> Option<Timestamp> {
        self.sim.with(|world| world.action(&id(), record).and_then(|action| action.runs_at))
    }
}
