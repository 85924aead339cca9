//! doctor and the simulator agree: a policy that doctor passes changes the capacity on some workload,
//! and one that it reports as never acting does not on any.

use jiff::Timestamp;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRng, TestRunner},
};
use reactive_scaler::port::VariantId;
use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, JobSpec, LoopbackAws, MetricName,
    PolicyKind, Simulator, Statistic, StepAdjustment, StepScaling, TargetTracking, TreatMissing,
    World,
};

use super::{
    run::scalerctl,
    world::{BEGIN, minutes, seconds},
};

const PAIRS: usize = 240;
const POLICY: &str = "tested";

/// A policy, and the alarm that triggers it. Target tracking creates its own.
#[derive(Debug, Clone)]
struct Pair {
    kind: PolicyKind,
    alarm: Option<AlarmSpec>,
}

fn metrics() -> impl Strategy<Value = MetricName> {
    prop::sample::select(vec![
        MetricName::BacklogSize,
        MetricName::BacklogSizePerInstance,
        MetricName::AgeOfOldestRequest,
        MetricName::HasBacklogWithoutCapacity,
        MetricName::HasBacklogWithoutCapacity,
    ])
}

/// Without `SampleCount`: in its first period an alarm can have fewer samples than in any later one.
fn statistics() -> impl Strategy<Value = Statistic> {
    prop::sample::select(vec![
        Statistic::Average,
        Statistic::Maximum,
        Statistic::Minimum,
        Statistic::Sum,
    ])
}

fn tracking() -> impl Strategy<Value = Pair> {
    let targets = prop::sample::select(vec![0.3, 0.5, 0.9, 1.0, 2.0, 5.0]);
    (metrics(), targets, any::<bool>()).prop_map(|(metric, target, disable_scale_in)| {
        let tracking = TargetTracking::new(target, metric, "", Statistic::Average);
        let kind = PolicyKind::from(TargetTracking { disable_scale_in, ..tracking });
        Pair { kind, alarm: None }
    })
}

fn steps() -> impl Strategy<Value = StepScaling> {
    let bounds = prop::sample::select(vec![
        (Some(0.0), None),
        (Some(0.5), None),
        (Some(1.0), None),
        (Some(4.0), None),
        (None, Some(0.0)),
        (None, Some(-0.5)),
        (None, Some(-2.0)),
    ]);
    let adjustments = prop::sample::select(vec![
        AdjustmentType::ChangeInCapacity,
        AdjustmentType::ChangeInCapacity,
        AdjustmentType::PercentChangeInCapacity,
        AdjustmentType::ExactCapacity,
    ]);
    let by = prop::sample::select(vec![-1, 0, 1, 1, 2, 100]);
    let least = prop::sample::select(vec![None, None, Some(1)]);
    (bounds, adjustments, by, least).prop_map(|((lower, upper), adjustment, by, least)| {
        let is_exact = adjustment == AdjustmentType::ExactCapacity;
        let by = if is_exact { by.clamp(0, 3) } else { by };
        let step = StepAdjustment::new(lower, upper, by);
        let percent = adjustment == AdjustmentType::PercentChangeInCapacity;
        let min_adjustment = least.filter(|_| percent);
        StepScaling { min_adjustment, ..StepScaling::new(adjustment, vec![step]) }
    })
}

fn alarms() -> impl Strategy<Value = AlarmSpec> {
    let comparisons = prop::sample::select(vec![
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::Less,
        Comparison::LessOrEqual,
    ]);
    let treated = prop::sample::select(vec![
        TreatMissing::Missing,
        TreatMissing::NotBreaching,
        TreatMissing::Breaching,
        TreatMissing::Ignore,
    ]);
    let thresholds = prop::sample::select(vec![0.0, 0.5, 1.0, 2.0, 3.0]);
    let window = (1u32..=3).prop_flat_map(|periods| (Just(periods), 1..=periods));
    (metrics(), statistics(), comparisons, treated, thresholds, window, 1u64..=2).prop_map(
        |(metric, statistic, comparison, treat_missing, threshold, (periods, needed), length)| {
            AlarmSpec {
                statistic,
                period: minutes(length),
                evaluation_periods: periods,
                datapoints_to_alarm: Some(needed),
                treat_missing,
                ..AlarmSpec::new("tested-alarm", metric, "", comparison, threshold)
            }
        },
    )
}

fn stepping() -> impl Strategy<Value = Pair> {
    (steps(), alarms()).prop_map(|(steps, alarm)| Pair { kind: steps.into(), alarm: Some(alarm) })
}

impl Pair {
    /// Creates both for an endpoint.
    fn put(&self, world: &mut World, endpoint: &str) {
        let id = VariantId::new(endpoint, "AllTraffic");
        let kind: PolicyKind = match &self.kind {
            PolicyKind::TargetTracking(tracking) => {
                let mut tracking = tracking.clone();
                if let simulator::TrackedMetric::Customized { endpoint: of, .. } =
                    &mut tracking.metric
                {
                    endpoint.clone_into(of);
                }
                tracking.into()
            }
            PolicyKind::StepScaling(steps) => steps.clone().into(),
        };
        world.put_scaling_policy(&id, POLICY, kind).unwrap();
        if let Some(alarm) = &self.alarm {
            let action = AlarmAction::Policy { id, policy: POLICY.to_owned() };
            let name = format!("{}-{endpoint}", alarm.name);
            let endpoint = endpoint.to_owned();
            let alarm_actions = vec![action];
            world.put_alarm(AlarmSpec { name, endpoint, alarm_actions, ..alarm.clone() }).unwrap();
        }
    }

    /// Whether the policy changes the capacity in some workload. Of target tracking, whether it
    /// scales out.
    fn acts(&self) -> bool {
        let starts = [0, 1, 3].into_iter();
        let mut runs = starts.flat_map(|start| {
            let workloads = WORKLOADS.into_iter();
            workloads.flat_map(move |workload| [0, 10].map(|idle| (start, idle, workload)))
        });
        runs.any(|(start, idle, workload)| {
            let (out, inward) = self.acts_on(start, idle, workload);
            out || (inward && self.alarm.is_some())
        })
    }

    /// `idle`: minutes before the first request.
    fn acts_on(&self, start: i32, idle: u64, workload: (u64, u64, u64)) -> (bool, bool) {
        let (jobs, every, processing) = workload;
        let sim = Simulator::new(BEGIN.parse::<Timestamp>().unwrap());
        sim.with(|world| {
            let id = VariantId::new("e", "AllTraffic");
            world.add_async_endpoint("e", "AllTraffic", start);
            world.register_target(&id, 0, 40);
            self.put(world, "e");
            world.advance(minutes(idle));
            for number in 0..jobs {
                let processing = Some(seconds(processing));
                world.add_job("e", &JobSpec { processing, ..JobSpec::default() });
                if number + 1 < jobs {
                    world.advance(seconds(every));
                }
            }
            world.advance(minutes(30));
            let scaled = world.activities().iter().map(|it| it.description.clone());
            let scaled: Vec<i32> = scaled
                .filter_map(|text| text.trim_end_matches('.').rsplit(' ').next()?.parse().ok())
                .collect();
            let counts = [&[start][..], &scaled].concat();
            let any = |is: fn(i32, i32) -> bool| {
                counts.windows(2).any(|pair| matches!(pair, [from, to] if is(*from, *to)))
            };
            (any(|from, to| to > from), any(|from, to| to < from))
        })
    }
}

/// Requests, the seconds between them, and how long each takes.
const WORKLOADS: [(u64, u64, u64); 9] = [
    (0, 0, 0),
    (1, 0, 30),
    (1, 0, 3600),
    (2, 0, 100),
    (4, 0, 600),
    (12, 45, 900),
    (30, 0, 5),
    (60, 0, 5),
    (60, 0, 120),
];

fn pairs() -> Vec<Pair> {
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(prop::test_runner::RngAlgorithm::ChaCha, &[7; 32]),
    );
    let strategy = prop_oneof![1 => tracking(), 3 => stepping()];
    (0..PAIRS).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[tokio::test]
async fn doctor_and_the_simulator_agree_on_generated_pairs() {
    let pairs = pairs();
    let sim = Simulator::new(BEGIN.parse::<Timestamp>().unwrap());
    sim.with(|world| {
        for (number, pair) in pairs.iter().enumerate() {
            let endpoint = format!("endpoint-{number}");
            world.add_async_endpoint(&endpoint, "AllTraffic", 0);
            world.register_target(&VariantId::new(&endpoint, "AllTraffic"), 0, 40);
            pair.put(world, &endpoint);
        }
    });
    let aws = LoopbackAws::start(sim.clone()).await.unwrap();
    let now = sim.now().to_string();
    let (mut wrong, mut passed, mut never) = (Vec::new(), 0, 0);
    for (number, pair) in pairs.iter().enumerate() {
        let endpoint = format!("endpoint-{number}");
        let output = scalerctl(&aws.url, &[&endpoint, "--now", &now, "--json"]).await;
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let found: Vec<&str> = document["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["id"] == "policy-never-acts")
            .map(|finding| finding["what"].as_str().unwrap())
            .collect();
        let acts = pair.acts();
        // Each alarm of target tracking is judged by itself: here, the high one.
        let judged = found.iter().any(|what| pair.alarm.is_some() || what.contains("AlarmHigh"));
        passed += usize::from(!judged);
        never += usize::from(judged);
        if judged == acts {
            wrong
                .push(format!("{number}: never acts: {judged}, acts: {acts}: {pair:?}\n{found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {PAIRS}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(passed >= 60 && never >= 60, "{passed} passed, {never} never act");
}
