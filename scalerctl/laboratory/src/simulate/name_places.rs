//! Places for the names of marks, so that no name covers another one or a mark.

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Its center.
    pub center: (f64, f64),
    /// Width and height.
    pub size: (f64, f64),
}

impl Area {
    /// Whether two rectangles have a point in common.
    pub fn meets(&self, other: &Self) -> bool {
        let near = |a: f64, b: f64, sizes: f64| (a - b).abs() < sizes / 2.0;
        near(self.center.0, other.center.0, self.size.0 + other.size.0)
            && near(self.center.1, other.center.1, self.size.1 + other.size.1)
    }

    fn holds(&self, other: &Self) -> bool {
        let fits = |a: f64, b: f64, room: f64| (a - b).abs() <= room / 2.0;
        fits(self.center.0, other.center.0, self.size.0 - other.size.0)
            && fits(self.center.1, other.center.1, self.size.1 - other.size.1)
    }
}

/// Distances from a mark to its name in pixels, the nearest first.
const DISTANCES: std::ops::RangeInclusive<u32> = 18..=240;

/// The step from one to the next.
const STEP: usize = 6;

/// Number of directions.
const DIRECTIONS: u32 = 16;

/// The center of a mark, and the size of its name.
pub type NamedMark = ((f64, f64), (f64, f64));

/// A place for the name of each mark, within `plot`. `mark`: the size of a mark.
pub fn places(marks: &[NamedMark], mark: (f64, f64), plot: &Area) -> Vec<Area> {
    let taken: Vec<Area> =
        marks.iter().map(|(center, _)| Area { center: *center, size: mark }).collect();
    let mut placed: Vec<Area> = Vec::new();
    for &((x, y), name) in marks {
        // A wide name is as near as a narrow one.
        let wider = (name.0 - name.1) / 2.0;
        let mut around = DISTANCES.step_by(STEP).map(f64::from).flat_map(|distance| {
            (0..DIRECTIONS).map(move |direction| {
                let angle = f64::from(direction) * std::f64::consts::TAU / f64::from(DIRECTIONS);
                let center = (x + (distance + wider) * angle.cos(), y - distance * angle.sin());
                Area { center, size: name }
            })
        });
        let free = |area: &Area| {
            plot.holds(area) && !taken.iter().chain(&placed).any(|other| other.meets(area))
        };
        let nearest = Area { center: (x, y), size: name };
        placed.push(around.find(free).unwrap_or(nearest));
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::{Area, places};

    #[test]
    fn no_name_covers_another_one_or_a_mark() {
        let plot = Area { center: (450.0, 160.0), size: (900.0, 320.0) };
        // All at one point, at a corner, and in a row.
        for marks in [
            vec![(150.0, 100.0); 17],
            vec![(2.0, 2.0); 6],
            (0..17).map(|n| (10.0 + 16.0 * f64::from(n), 60.0)).collect(),
        ] {
            let mark = (16.0, 16.0);
            let named = |size| marks.iter().map(|center| (*center, size)).collect::<Vec<_>>();
            for named in [named((20.0, 18.0)), named((260.0, 18.0))] {
                let names = places(&named, mark, &plot);
                for (index, one) in names.iter().enumerate() {
                    assert!(plot.holds(one), "{one:?}");
                    assert!(
                        !names.iter().skip(index + 1).any(|other| other.meets(one)),
                        "{names:?}"
                    );
                    let mut marks = marks.iter().map(|center| Area { center: *center, size: mark });
                    assert!(!marks.any(|mark| mark.meets(one)), "{one:?}");
                }
            }
        }
    }
}
