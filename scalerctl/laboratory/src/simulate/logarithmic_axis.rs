//! A logarithmic axis: where values are, and which labels it has.

/// A logarithmic axis on a line of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogarithmicAxis {
    least: f64,
    most: f64,
    /// Pixels at `least` and at `most`.
    ends: (f64, f64),
}

impl LogarithmicAxis {
    /// An axis that contains these values, with a factor of 2 to spare at both ends. Values of 0 or less have no place.
    pub fn of(values: impl Iterator<Item = f64> + Clone, ends: (f64, f64)) -> Self {
        let values = values.filter(|value| *value > 0.0);
        let least = values.clone().fold(f64::INFINITY, f64::min) / 2.0;
        let most = values.fold(0.0, f64::max) * 2.0;
        match least < most {
            true => Self { least, most, ends },
            false => Self { least: 1.0, most: 10.0, ends },
        }
    }

    /// The pixel of a value.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value / self.least).ln() / (self.most / self.least).ln();
        self.ends.0 + share * (self.ends.1 - self.ends.0)
    }

    /// Those of these values, in order, that are on the axis and at least `apart` pixels from the one before.
    pub fn labels(&self, values: impl IntoIterator<Item = f64>, apart: f64) -> Vec<f64> {
        let mut labels: Vec<f64> = Vec::new();
        for value in values {
            let is_on = (self.least..=self.most).contains(&value);
            let is_apart = |last: &f64| (self.at(value) - self.at(*last)).abs() >= apart;
            if is_on && labels.last().is_none_or(is_apart) {
                labels.push(value);
            }
        }
        labels
    }
}

/// 0.001, 0.002, 0.005, 0.01, and so on, to 5 million.
pub fn round_numbers() -> impl Iterator<Item = f64> {
    (-3..=6).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10.0_f64.powi(power)))
}

/// Round durations in seconds, from a tenth of a second to 100 days.
pub fn round_durations() -> impl Iterator<Item = f64> {
    let hours = [1.0, 2.0, 4.0, 12.0, 24.0, 48.0, 120.0, 240.0, 600.0, 2400.0];
    let below = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0];
    below.into_iter().chain(hours.map(|hours| hours * 3600.0))
}
