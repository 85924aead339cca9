//! What the environment asks a run for.

use crate::{
    broken::Break,
    generate,
    plan::{Family, Plan},
    sensitivity,
};

/// The settings, each of them from a variable.
#[derive(Debug)]
pub struct Asked {
    /// `PROOF_FAMILY`: `small` or `fleet`.
    pub family: Option<Family>,
    /// `PROOF_WORLDS`: how many worlds.
    pub worlds: Option<u64>,
    /// `PROOF_MINUTES`: no world is begun after so many.
    pub minutes: Option<u64>,
    /// `PROOF_FAILURES`: no world is begun after so many have failed.
    pub failures: Option<u64>,
    /// `PROOF_SEED`: the first seed; alone, the only one.
    pub seed: Option<u64>,
    /// `PROOF_KEEP`: the numbers of the happenings that the world of `PROOF_SEED` is to have, with
    /// commas between them.
    keep: Option<Vec<u64>>,
    /// `PROOF_BREAK`: a scaler of `sensitivity.rs` in place of the real one.
    pub broken: Break,
}

impl Asked {
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let number = |name: &str| {
            variable(name).map(|text| {
                text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not {text}"))
            })
        };
        let list = |text: String| {
            let numbers = text.split(',').map(|number| number.trim().parse());
            numbers.collect::<Result<_, _>>().expect("PROOF_KEEP: numbers with commas between")
        };
        let broken = variable("PROOF_BREAK").map_or(Break::Nothing, |name| {
            sensitivity::named(&name).unwrap_or_else(|| panic!("PROOF_BREAK: no scaler {name}"))
        });
        let family = variable("PROOF_FAMILY").map(|name| match name.as_str() {
            "small" => Family::Small,
            "fleet" => Family::Fleet,
            _ => panic!("PROOF_FAMILY: small or fleet, not {name}"),
        });
        Self {
            family,
            worlds: number("PROOF_WORLDS"),
            minutes: number("PROOF_MINUTES"),
            failures: number("PROOF_FAILURES"),
            seed: number("PROOF_SEED"),
            keep: variable("PROOF_KEEP").map(list),
            broken,
        }
    }

    /// The world of the seed with nothing but what is to be kept.
    pub fn kept(&self) -> Option<Plan> {
        let keep = self.keep.as_ref()?;
        let family = self.family.unwrap_or(Family::Small);
        let seed = self.seed.expect("PROOF_KEEP goes with PROOF_SEED");
        let mut plan = generate::plan(family, seed);
        plan.happenings.retain(|happening| keep.contains(&happening.number));
        Some(plan)
    }
}
