//! Names that users see.

use reactive_scaler::decide::Action;

#[test]
fn an_action_has_one_name_in_the_answer_and_in_the_log() {
    use Action::{Extend, Hold, None, Release, Sleep, Wake};
    let actions = [Wake, Sleep, Hold, Extend, Release, None];
    let shown = actions.map(Action::as_str);
    assert_eq!(shown, ["wake", "sleep", "hold", "extend", "release", "none"]);
    assert_eq!(actions.map(|action| serde_json::to_value(action).unwrap()), shown);
}
