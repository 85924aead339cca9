//! Which policy wins, by how much money, and by how much delay.
//!
//! The winner has the lowest bill among the policies that can be deployed and that serve every
//! request: none expires, none is lost with its instance, none is left at the end. With equal
//! bills, the shorter delay wins. The delay is the median from arrival to result.
//!
//! It is compared with a yardstick: the user's own policy, or without one the pair that AWS documents.

use serde::Serialize;

use super::{
    candidate::Candidate, candidate_id::CandidateId, results::Results, table::short, tariff::Tariff,
};

/// The verdict on a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// The winner. `None`: no policy serves every request.
    pub winner: Option<String>,
    /// The policy that it is compared with, if it is another one.
    pub compared_with: Option<String>,
    /// The billed hours that the winner saves.
    pub saved_billed_hours: Option<f64>,
    /// The money that the winner saves, in the currency of the price.
    pub saved_price: Option<f64>,
    /// How much sooner the median result of the winner is. Below 0: later.
    pub sooner_seconds: Option<f64>,
    /// The policy with the shortest delay that serves every request, if it is another one.
    pub fastest: Option<String>,
    /// One or two sentences.
    pub text: Vec<String>,
}

/// A policy with a result for every request.
#[derive(Clone, Copy)]
struct Serving<'a> {
    id: CandidateId,
    results: &'a Results,
    delay: f64,
}

/// The verdict on these figures. The yardstick need not be one of them.
pub fn of(
    rows: &[(Candidate, Results)],
    yardstick: &(Candidate, Results),
    tariff: Tariff,
) -> Verdict {
    let serving = rows
        .iter()
        .filter(|(candidate, results)| candidate.is_deployable() && results.not_played.is_empty());
    let serving: Vec<Serving<'_>> = serving.filter_map(serves_all).collect();
    let first = |by: fn(&Serving<'_>) -> (f64, f64)| {
        serving.iter().copied().min_by(|one, other| {
            let (one, other) = (by(one), by(other));
            one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1))
        })
    };
    let Some(winner) = first(|it| (billed_seconds(it.results), it.delay)) else {
        return nobody(rows);
    };
    let fastest = first(|it| (it.delay, billed_seconds(it.results)))
        .filter(|fastest| fastest.delay < winner.delay);
    let is_whole = yardstick.1.not_played.is_empty();
    let other = Some(yardstick).filter(|(candidate, _)| is_whole && candidate.id != winner.id);
    let delay_of = |(_, results): &(Candidate, Results)| results.result.map(|times| times.p50);
    let mut text = vec![match other {
        Some(other) => against(winner, other, tariff),
        None => {
            format!("{} wins: no other policy that serves every request costs less.", winner.id)
        }
    }];
    text.extend(fastest.map(|fastest| {
        format!(
            "The fastest is {}: the median result is {} sooner, for {} more.",
            fastest.id,
            short(winner.delay - fastest.delay),
            amount(fastest.results.cost() - winner.results.cost(), tariff)
        )
    }));
    text.extend((!is_whole).then(|| {
        format!("{} is not compared, because not all of its policies are played.", yardstick.0.id)
    }));
    Verdict {
        winner: Some(winner.id.to_string()),
        compared_with: other.map(|(candidate, _)| candidate.id.to_string()),
        saved_billed_hours: other
            .map(|(_, results)| results.billed_hours - winner.results.billed_hours),
        saved_price: other.and_then(|(_, results)| Some(results.price? - winner.results.price?)),
        sooner_seconds: other.and_then(|other| Some(delay_of(other)? - winner.delay)),
        fastest: fastest.map(|fastest| fastest.id.to_string()),
        text,
    }
}

/// Whole seconds, so that rounding does not decide.
fn billed_seconds(results: &Results) -> f64 {
    (results.billed_hours * 3600.0).round()
}

fn serves_all((candidate, results): &(Candidate, Results)) -> Option<Serving<'_>> {
    let delay = results.result?.p50;
    (results.without_result() == 0).then_some(Serving { id: candidate.id, results, delay })
}

/// The winner next to the policy that it is compared with.
fn against(winner: Serving<'_>, other: &(Candidate, Results), tariff: Tariff) -> String {
    let (Candidate { id, .. }, results) = other;
    let saved = results.cost() - winner.results.cost();
    let cost = match amount(saved.abs(), tariff) {
        none if none == amount(0.0, tariff) => format!("costs the same as {id}"),
        cost if saved > 0.0 => format!("costs {cost} less than {id}"),
        cost => format!("costs {cost} more than {id}"),
    };
    let Some(times) = results.result else {
        return format!("{} wins: it {cost}, which has no result at all.", winner.id);
    };
    let sooner = times.p50 - winner.delay;
    let delay = match short(sooner.abs()) {
        none if none == short(0.0) => "and the median result takes as long".to_owned(),
        time if sooner > 0.0 => format!("and the median result is {time} sooner"),
        time => format!("but the median result is {time} later"),
    };
    match results.without_result() {
        // Then the yardstick is not one of the rows.
        0 if billed_seconds(results) < billed_seconds(winner.results) => {
            format!("{} wins among the policies shown: it {cost}, {delay}.", winner.id)
        }
        0 => format!("{} wins: it {cost}, {delay}.", winner.id),
        lost => format!(
            "{} wins: {id} leaves {lost} of {} requests without a result. It {cost}, {delay}.",
            winner.id, results.arrivals
        ),
    }
}

/// No policy serves every request.
fn nobody(rows: &[(Candidate, Results)]) -> Verdict {
    let is_whole = |results: &Results| results.not_played.is_empty();
    let deployable = rows.iter().filter(|(it, results)| it.is_deployable() && is_whole(results));
    let text = match deployable.max_by_key(|(_, results)| results.completed) {
        Some((candidate, results)) => format!(
            "No policy wins: none serves every request. {} serves the most, {} of {}.",
            candidate.id, results.completed, results.arrivals
        ),
        None if !rows.iter().all(|(_, results)| is_whole(results)) => {
            "No policy wins: not all policies of --own are played.".to_owned()
        }
        None => "No policy wins: none of these can be deployed on SageMaker.".to_owned(),
    };
    Verdict {
        winner: None,
        compared_with: None,
        saved_billed_hours: None,
        saved_price: None,
        sooner_seconds: None,
        fastest: None,
        text: vec![text],
    }
}

/// A cost with its unit.
fn amount(cost: f64, tariff: Tariff) -> String {
    format!("{cost:.2}{}", tariff.unit())
}
