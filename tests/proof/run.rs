//! Runs one world or many worlds, and checks the rules.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{
    broken_scalers::Defect,
    budget::Budget,
    generate,
    oracles::{self, Violation},
    plan::Plan,
    runner,
};

/// Runs a plan and checks one rule or all. A panic is reported as a violation of rule 0.
pub fn check(
    plan: &Plan,
    defect: Defect,
    rule: Option<u8>,
) -> (Option<Violation>, BTreeMap<&'static str, u64>) {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let log = runner::run(plan, defect);
        let violation = oracles::check(plan, &log, rule);
        let compared = oracles::compared(plan) && rule.is_none_or(|rule| rule == 5);
        let violation =
            violation.or_else(|| compared.then(|| oracles::check_repeated(plan, defect)).flatten());
        (violation, log.faults)
    }));
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let what = format!("it panicked: {}", text.unwrap_or_default());
        (Some(Violation { rule: 0, what }), BTreeMap::new())
    })
}

/// The result of many worlds.
#[derive(Debug, Default)]
pub struct Played {
    pub worlds: u64,
    pub faults: BTreeMap<&'static str, u64>,
    /// Failed worlds, lowest seed first.
    pub failed: Vec<(u64, Violation)>,
}

/// How often a long run prints its progress.
const PROGRESS: Duration = Duration::from_secs(60);

/// Runs worlds on one thread per processor and checks one rule or all.
pub fn many(budget: &Budget, defect: Defect, rule: Option<u8>) -> Played {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicU64::new(budget.first);
    let last_progress = Mutex::new(Instant::now());
    let stop = AtomicBool::new(false);
    let all = Mutex::new(Played::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    let late = budget.ends.is_some_and(|ends| Instant::now() >= ends);
                    if seed - budget.first >= budget.worlds || late {
                        return;
                    }
                    let (violation, faults) =
                        check(&generate::plan(budget.family, seed), defect, rule);
                    let mut all = all.lock().unwrap();
                    all.worlds += 1;
                    for (fault, times) in faults {
                        *all.faults.entry(fault).or_default() += times;
                    }
                    if let Some(violation) = violation {
                        if budget.enough > 1 {
                            eprintln!("rule {}, seed {seed}: {}", violation.rule, violation.what);
                        }
                        all.failed.push((seed, violation));
                        if all.failed.len() >= budget.enough {
                            stop.store(true, Ordering::Relaxed);
                        }
                    }
                    let mut last_progress = last_progress.lock().unwrap();
                    if last_progress.elapsed() >= PROGRESS {
                        *last_progress = Instant::now();
                        eprintln!("{} worlds, {} failed", all.worlds, all.failed.len());
                    }
                }
            });
        }
    });
    let mut all = all.into_inner().unwrap();
    all.failed.sort_by_key(|(seed, _)| *seed);
    all
}
