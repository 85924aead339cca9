//! One world: planned, played and judged.

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
    broken::Break,
    generate,
    oracles::{self, Verdict},
    plan::{Family, Plan},
    play,
};

/// Plays a plan and judges it, by one rule or by all; a panic breaks no rule of the design and every rule of the language.
pub fn verdict(
    plan: &Plan,
    what: Break,
    rule: Option<u8>,
) -> (Option<Verdict>, BTreeMap<&'static str, u64>) {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let history = play::play(plan, what);
        let verdict = oracles::judge(plan, &history, rule);
        let compared = oracles::compared(plan) && rule.is_none_or(|rule| rule == 5);
        let verdict =
            verdict.or_else(|| compared.then(|| oracles::judge_repeated(plan, what)).flatten());
        (verdict, history.faults)
    }));
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        let what = format!("it panicked: {}", text.unwrap_or_default());
        (Some(Verdict { rule: 0, what }), BTreeMap::new())
    })
}

/// What many worlds came to.
#[derive(Debug, Default)]
pub struct Played {
    pub worlds: u64,
    pub faults: BTreeMap<&'static str, u64>,
    /// Those that failed, the lowest seed first.
    pub failed: Vec<(u64, Verdict)>,
}

/// How many worlds are played.
#[derive(Debug)]
pub struct Budget {
    pub family: Family,
    /// The first seed.
    pub first: u64,
    pub worlds: u64,
    /// None is begun after this.
    pub ends: Option<Instant>,
    /// None is begun after so many failed.
    pub enough: usize,
}

/// How often a long run says how far it is.
const PROGRESS: Duration = Duration::from_secs(60);

/// Plays worlds on as many threads as there are processors, and judges them by this rule, or by all.
pub fn many(budget: &Budget, what: Break, rule: Option<u8>) -> Played {
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicU64::new(budget.first);
    let told = Mutex::new(Instant::now());
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
                    let (verdict, faults) =
                        verdict(&generate::plan(budget.family, seed), what, rule);
                    let mut all = all.lock().unwrap();
                    all.worlds += 1;
                    for (fault, times) in faults {
                        *all.faults.entry(fault).or_default() += times;
                    }
                    if let Some(verdict) = verdict {
                        if budget.enough > 1 {
                            eprintln!("rule {}, seed {seed}: {}", verdict.rule, verdict.what);
                        }
                        all.failed.push((seed, verdict));
                        if all.failed.len() >= budget.enough {
                            stop.store(true, Ordering::Relaxed);
                        }
                    }
                    let mut told = told.lock().unwrap();
                    if told.elapsed() >= PROGRESS {
                        *told = Instant::now();
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
