//! Medians, and the range of the middle half of the samples.

/// The samples of one quantity of one program, in order.
#[derive(Debug, Default, Clone)]
pub struct Figures(pub Vec<f64>);

impl Figures {
    /// The value below which this share of the samples is.
    fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() - 1) as f64 * share).round() as usize]
    }

    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// `median (lower quartile to upper quartile)`.
    pub fn spread(&self) -> String {
        let of = |share| self.quantile(share);
        format!("{:.2} ({:.2} to {:.2})", of(0.5), of(0.25), of(0.75))
    }

    /// The ratio of this to the other, for each turn.
    pub fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, other)| one / other).collect())
    }
}
