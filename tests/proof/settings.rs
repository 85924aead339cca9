//! The settings of a run, from environment variables.

use crate::{
    broken_list,
    broken_scalers::Defect,
    generate,
    plan::{Family, Plan},
};

/// The settings of a run.
#[derive(Debug)]
pub struct RunSettings {
    /// `PROOF_FAMILY`: `small`, `fleet` or `results`.
    pub family: Option<Family>,
    /// `PROOF_WORLDS`: the number of worlds.
    pub worlds: Option<u64>,
    /// `PROOF_MINUTES`: no world starts after this many minutes.
    pub minutes: Option<u64>,
    /// `PROOF_FAILURES`: no world starts after this many failures.
    pub failures: Option<u64>,
    /// `PROOF_SEED`: the first seed. If it is the only setting, the only seed.
    pub seed: Option<u64>,
    /// `PROOF_KEEP`: the numbers of the events to keep in the world of `PROOF_SEED`, separated by
    /// commas.
    keep: Option<Vec<u64>>,
    /// `PROOF_RULE`: the number of the only rule that is checked.
    pub rule: Option<u8>,
    /// `PROOF_BREAK`: the name of a broken scaler that replaces the real one.
    pub defect: Defect,
}

impl RunSettings {
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
        let defect = variable("PROOF_BREAK").map_or(Defect::Nothing, |name| {
            broken_list::named(&name).unwrap_or_else(|| panic!("PROOF_BREAK: no scaler {name}"))
        });
        let family = variable("PROOF_FAMILY").map(|name| match name.as_str() {
            "small" => Family::Small,
            "fleet" => Family::Fleet,
            "results" => Family::Results,
            _ => panic!("PROOF_FAMILY: small, fleet or results, not {name}"),
        });
        Self {
            family,
            worlds: number("PROOF_WORLDS"),
            minutes: number("PROOF_MINUTES"),
            failures: number("PROOF_FAILURES"),
            seed: number("PROOF_SEED"),
            keep: variable("PROOF_KEEP").map(list),
            rule: number("PROOF_RULE").map(|rule| u8::try_from(rule).expect("PROOF_RULE: 1 to 7")),
            defect,
        }
    }

    /// The plan of the seed, with only the events to keep.
    pub fn kept(&self) -> Option<Plan> {
        let keep = self.keep.as_ref()?;
        let family = self.family.unwrap_or(Family::Small);
        let seed = self.seed.expect("PROOF_KEEP goes with PROOF_SEED");
        let mut plan = generate::plan(family, seed);
        plan.events.retain(|event| keep.contains(&event.number));
        Some(plan)
    }
}
