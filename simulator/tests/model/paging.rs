//! Application Auto Scaling: listings have 50 items per page.

use reactive_scaler::port::{Scaling, VariantId};
use simulator::{ActionPut, Page, Paging, Settings, Simulator, World};

use crate::setup::*;

/// A world with this many registered variants, each with one scheduled action.
fn targets(count: usize, settings: Settings) -> World {
    let mut world = World::with_settings(start(), settings);
    for number in 0..count {
        let id = VariantId::new(format!("endpoint-{number:03}"), VARIANT);
        world.add_async_endpoint(&id.endpoint, VARIANT, 0);
        world.register_target(&id, 0, 1);
        world.plant_action(&id, &ActionPut::once("release", at(3600), Some(0), None));
    }
    world
}

/// The sizes of all pages.
fn sizes<T>(mut read: impl FnMut(&Paging) -> Page<T>, max_results: Option<usize>) -> Vec<usize> {
    let mut paging = Paging { max_results, next_token: None };
    let mut sizes = Vec::new();
    loop {
        let page = read(&paging);
        sizes.push(page.items.len());
        match page.next_token {
            Some(token) => paging.next_token = Some(token),
            None => return sizes,
        }
    }
}

// API reference: the maximum and default of MaxResults is 50.
#[test]
fn pages_hold_fifty_items_and_only_a_full_one_is_followed() {
    let rows = [
        (0, None, vec![0]),
        (49, None, vec![49]),
        (50, None, vec![50]),
        (51, None, vec![50, 1]),
        (120, None, vec![50, 50, 20]),
        (51, Some(100), vec![50, 1]),
        (5, Some(2), vec![2, 2, 1]),
    ];
    for (count, max_results, expected) in rows {
        let mut world = targets(count, Settings::default());
        let of_targets = sizes(|p| world.describe_scalable_targets(&[], p).unwrap(), max_results);
        assert_eq!(of_targets, expected, "{count} targets");
        let of_actions =
            sizes(|p| world.describe_scheduled_actions(None, &[], p).unwrap(), max_results);
        assert_eq!(of_actions, expected, "{count} actions");
        assert_eq!(world.calls("DescribeScalableTargets"), expected.len(), "each page is a call");
    }
}

#[test]
fn activities_come_in_pages_too_and_the_latest_first() {
    let mut world = target_at(0, 0, 1);
    world.settings.page_size = 2;
    for minute in 1..=3 {
        world
            .put_scheduled_action(&id(), &ActionPut::once("x", at(60 * minute), Some(1), None))
            .unwrap();
        world.begin_deployment(ENDPOINT, secs(61));
        world.advance_to(at(60 * minute));
        world.set_bounds(&id(), 0, 1);
    }
    let page = world.describe_scaling_activities(None, &Paging::default()).unwrap();
    assert_eq!(page.items.iter().map(|a| a.number).collect::<Vec<_>>(), [2, 1]);
    let rest = Paging { next_token: page.next_token, ..Paging::default() };
    let page = world.describe_scaling_activities(None, &rest).unwrap();
    assert_eq!(page.items.iter().map(|a| a.number).collect::<Vec<_>>(), [0]);
    assert_eq!(page.next_token, None);
}

#[test]
fn invalid_page_parameters_are_refused() {
    let mut world = targets(3, Settings::default());
    let bad_token = Paging { next_token: Some("what".into()), ..Paging::default() };
    let refused = refusal(world.describe_scalable_targets(&[], &bad_token));
    assert_eq!(refused.code, "InvalidNextTokenException");
    let no_results = Paging { max_results: Some(0), ..Paging::default() };
    let refused = refusal(world.describe_scheduled_actions(None, &[], &no_results));
    assert_eq!(refused.code, "ValidationException");
}

#[test]
fn a_listing_can_be_limited_to_names() {
    let mut world = targets(3, Settings::default());
    let [second, absent] =
        ["endpoint-001", "endpoint-009"].map(|name| VariantId::new(name, VARIANT));
    world.plant_action(&second, &ActionPut::once("other", at(3600), None, Some(1)));
    let all = Paging::default();
    let ids = [second.clone(), absent.clone()];
    let found = world.describe_scalable_targets(&ids, &all).unwrap().items;
    assert_eq!(found.iter().map(|(target, _)| &target.id).collect::<Vec<_>>(), [&second]);

    let count = |world: &mut World, id: Option<&VariantId>, names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        world.describe_scheduled_actions(id, &names, &all).unwrap().items.len()
    };
    assert_eq!(count(&mut world, None, &[]), 4);
    assert_eq!(count(&mut world, Some(&second), &[]), 2);
    assert_eq!(count(&mut world, Some(&second), &["other"]), 1);
    assert_eq!(count(&mut world, None, &["release"]), 3);
    assert_eq!(count(&mut world, Some(&absent), &[]), 0);
}

#[tokio::test]
async fn the_port_reads_page_after_page() {
    let sim = Simulator::of(targets(101, Settings::default()));
    assert_eq!(sim.targets().await.unwrap().len(), 101);
    assert_eq!(sim.all_actions().await.unwrap().len(), 101);
    assert_eq!(sim.with(|world| world.calls("DescribeScalableTargets")), 3);
    assert_eq!(sim.with(|world| world.calls("DescribeScheduledActions")), 3);
}
