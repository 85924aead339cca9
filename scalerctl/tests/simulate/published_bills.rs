//! Two bills that were published for a set-up with `results-metric`, and what the function would have billed.
//!
//! `sagemaker-performance.md` of EVERYTHING-studios/infra-aws has for each run: the time from the start of the
//! scale-out to the only result, the part of it that is inference, from there to the end of the scale-in, and the price
//! of an hour. The first time ends at the start of the minute in which CloudWatch counted the result, so the result came
//! up to a minute later; here it is half a minute. Everything else is the default of the model.

use super::*;

/// A published bill, in seconds.
struct Bill {
    until_result: f64,
    inference: f64,
    until_terminated: f64,
    price_per_hour: f64,
    billed: f64,
    price: f64,
}

const BILLS: [Bill; 2] = [
    // ml.g7e.2xlarge, 2026-08-24.
    Bill {
        until_result: 392.0,
        inference: 130.0,
        until_terminated: 346.0,
        price_per_hour: 4.20,
        billed: 738.0,
        price: 0.86,
    },
    // ml.g5.2xlarge, 2026-08-23.
    Bill {
        until_result: 643.0,
        inference: 396.0,
        until_terminated: 277.0,
        price_per_hour: 1.52,
        billed: 920.0,
        price: 0.39,
    },
];

/// Half of the minute of the result's datapoint.
const HALF_A_MINUTE: f64 = 30.0;

impl Bill {
    /// Seconds billed and the price, under a policy.
    fn of(&self, policy: &str, from: &str) -> (f64, f64) {
        let starting = self.until_result + HALF_A_MINUTE - self.inference;
        let [starting, inference] = [starting, self.inference].map(|time| format!("{time}s"));
        let price = self.price_per_hour.to_string();
        let arguments = [
            ["--provisioning", &starting],
            ["--processing", &inference],
            ["--price-per-hour", &price],
            ["--bill-from", from],
        ];
        let outcome = outcome(policy, &arguments.concat());
        assert_eq!((&outcome["completed"], &outcome["killed"]), (&1.into(), &0.into()));
        (figure(&outcome, "/billed_hours") * 3600.0, figure(&outcome, "/price"))
    }
}

fn within_5_percent(computed: f64, published: f64) -> bool {
    (computed / published - 1.0).abs() <= 0.05
}

#[test]
fn both_are_reproduced_within_5_percent() {
    for bill in BILLS {
        // Their own sum.
        assert_eq!(bill.until_result + bill.until_terminated, bill.billed);
        let sum = bill.billed / 3600.0 * bill.price_per_hour;
        assert!((sum - bill.price).abs() < 0.005, "{sum}");
        // The policy, played.
        let (billed, price) = bill.of("results-metric", "scale-out");
        assert!(within_5_percent(billed, bill.billed), "{billed} s instead of {} s", bill.billed);
        assert!(within_5_percent(price, bill.price), "{price} instead of {}", bill.price);
    }
}

/// The figures of docs/internals/laboratory.md.
#[test]
fn what_the_function_would_have_billed() {
    for (bill, expected) in BILLS.iter().zip([
        [
            ("results-metric", 720),
            ("reactive-scaler-with-results", 572),
            ("reactive-scaler", 1532),
            ("aws-documented-pair", 1320),
        ],
        [
            ("results-metric", 960),
            ("reactive-scaler-with-results", 812),
            ("reactive-scaler", 1712),
            ("aws-documented-pair", 1320),
        ],
    ]) {
        for (policy, seconds) in expected {
            let (billed, _) = bill.of(policy, "scale-out");
            assert_eq!(billed.round() as i64, seconds, "{policy}");
        }
    }
}

/// The difference of the two settings is the time to start.
#[test]
fn from_in_service_the_start_is_not_billed() {
    let [bill, _] = BILLS;
    let (from_scale_out, _) = bill.of("results-metric", "scale-out");
    let (in_service, _) = bill.of("results-metric", "in-service");
    let starting = bill.until_result + HALF_A_MINUTE - bill.inference;
    assert!((from_scale_out - in_service - starting).abs() < 0.01, "{from_scale_out} {in_service}");
}

#[test]
fn three_datapoints_scale_in() {
    let text = stdout(&scalerctl(&["explain", "--policy", "results-metric"]));
    let said = "scale in:  monitor alarm idle: each request has a result in state ALARM triggered policy scale-in [3 of \
                3 datapoints at or above 1], once";
    assert!(text.contains(said), "{text}");
    // A job that is longer than three minutes is not cut.
    let outcome = outcome("results-metric", &["--workload", "slow-jobs", "--days", "4"]);
    assert_eq!(outcome["killed"], 0);
}
