//! Who set `MinCapacity`. The function never changes a value that the owner of the endpoint set.

use crate::{lease::Records, port::ScalableTarget};

/// Who set the scalable target's `MinCapacity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinOwner {
    /// It is 0: nobody set it.
    None,
    /// Our floor. It is 1, and a floor record exists that is not cancelled and whose R is in the future.
    Ours,
    /// Our floor. It is 1, and the R of such a record has just passed. AWS is about to lower it, or skips the
    /// action because scheduled scaling is suspended.
    OursEnding,
    /// The owner of the endpoint. It keeps the endpoint awake and is not changed.
    Owner,
}

impl MinOwner {
    /// Determines who set it. If the records were read before the target, our floor can be taken for the
    /// owner's.
    pub fn of(target: &ScalableTarget, records: &Records) -> Self {
        match target.min {
            ..=0 => Self::None,
            1 if records.floor_is_ours() => Self::Ours,
            1 if records.floor_just_over => Self::OursEnding,
            _ => Self::Owner,
        }
    }
}
