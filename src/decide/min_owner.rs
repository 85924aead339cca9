//! Whose `MinCapacity` it is. What its owner set is never changed.

use crate::{lease::Records, port::ScalableTarget};

/// Who set the scalable target's `MinCapacity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinOwner {
    /// It is 0: nobody's.
    None,
    /// Our floor: 1, beside a floor record whose R is ahead and that nothing cancels.
    Ours,
    /// Our floor still: 1, and the R of such a record has just passed. AWS is about to drop it, or misses
    /// the action because scheduled scaling is suspended.
    OursEnding,
    /// The owner of the endpoint: it keeps the endpoint up, and stays as it is.
    Owner,
}

impl MinOwner {
    /// Tells whose it is. Records that are older than the target may show a floor of ours as the owner's.
    pub fn of(target: &ScalableTarget, records: &Records) -> Self {
        match target.min {
            ..=0 => Self::None,
            1 if records.floor_stands() => Self::Ours,
            1 if records.floor_just_over => Self::OursEnding,
            _ => Self::Owner,
        }
    }
}
