//! A world in which the real function has run for four hours, with two bursts of uploads. The endpoint is at zero
//! between and after them.

use std::{cell::RefCell, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    port::VariantId,
    report::LogLine,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{AlarmSpec, Comparison, JobSpec, MetricName, Simulator, Statistic, TargetTracking};
use tokio::time::Instant;

pub const ENDPOINT: &str = "my-endpoint";
pub const GROUP: &str = "/aws/lambda/my-scaler";
pub const FROM: &str = "2030-01-07T00:00:00Z";
pub const UNTIL: &str = "2030-01-07T04:00:00Z";

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, "AllTraffic")
}

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A world at 00:00 with the endpoint at zero, registered, with a policy and the backstop alarm.
pub fn fresh() -> Simulator {
    let sim = Simulator::new(time(FROM));
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        world.register_target(&id(), 0, 4);
        let tracking = TargetTracking::new(
            5.0,
            MetricName::BacklogSizePerInstance,
            ENDPOINT,
            Statistic::Average,
        );
        world.put_scaling_policy(&id(), "backlog-per-instance", tracking).unwrap();
        let backstop = AlarmSpec::new(
            "my-stack-backstop",
            MetricName::HasBacklogWithoutCapacity,
            ENDPOINT,
            Comparison::GreaterOrEqual,
            1.0,
        );
        world.put_alarm(backstop).unwrap();
    });
    sim
}

/// The function in this world. Its log and metrics are stored as in AWS.
pub struct Function {
    sim: Simulator,
    scaler: Scaler<Simulator, Simulator>,
}

impl Function {
    pub fn on(sim: &Simulator) -> Self {
        Self::with(sim, r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#, Mode::Act)
    }

    pub fn with(sim: &Simulator, routes: &str, mode: Mode) -> Self {
        let config = Config { routes: routes_from_json(routes).unwrap(), mode };
        sim.with(|world| world.add_log_group(GROUP));
        Self { sim: sim.clone(), scaler: Scaler::new(sim.clone(), sim.clone(), config) }
    }

    pub async fn invoke(&self, payload: Value) {
        let lines = RefCell::new(Vec::new());
        let log = |line: &LogLine<'_>| lines.borrow_mut().push(line.to_value());
        let deadline = Instant::now() + Duration::from_secs(50);
        // Failed invocations are also in the log.
        let _ = handler::serve(&self.scaler, &self.sim, &payload, None, deadline, log).await;
        self.sim.with(|world| {
            for line in lines.into_inner() {
                world.put_embedded_metrics(&line);
                world.log(GROUP, line.to_string());
            }
        });
    }

    /// Uploads this many inputs now. Each takes three minutes to process.
    pub async fn uploads(&self, count: usize) {
        self.sim.with(|world| {
            let processing = Some(Duration::from_secs(180));
            for _ in 0..count {
                world.add_job(ENDPOINT, &JobSpec { processing, ..JobSpec::default() });
            }
        });
        self.sim.advance(Duration::from_secs(1));
        let at = self.sim.now() - SignedDuration::from_secs(1);
        self.invoke(json!({
            "source": "aws.s3",
            "detail-type": "Object Created",
            "time": at.to_string(),
            "detail": { "bucket": { "name": "my-inputs" }, "object": { "key": "input" } },
        }))
        .await;
    }

    /// Runs a tick each minute until this time.
    pub async fn ticks_until(&self, until: Timestamp) {
        loop {
            let minute = self.sim.now().as_second().div_euclid(60) + 1;
            let next = Timestamp::from_second(minute * 60).unwrap();
            if next > until {
                return;
            }
            self.sim.advance_to(next);
            self.invoke(json!({ "action": "tick" })).await;
        }
    }
}

/// The whole morning.
pub async fn morning() -> Simulator {
    let sim = fresh();
    let function = Function::on(&sim);
    function.ticks_until(time("2030-01-07T00:30:00Z")).await;
    function.uploads(12).await;
    function.ticks_until(time("2030-01-07T03:20:00Z")).await;
    function.uploads(3).await;
    function.ticks_until(time(UNTIL)).await;
    sim.with(|world| world.clear_calls());
    sim
}
