//! DescribeScheduledActions, PutScheduledAction and DeleteScheduledAction.

use jiff::SignedDuration;
use reactive_scaler::lease::Record;
use reactive_scaler::port::{Aws, FailureKind, ScheduledAction, Suspended, VariantId};
use simulator::{ActionPut, PastSchedule, Simulator};

use crate::adapters_agree::*;

contracts! {
    a_release_is_a_one_time_action_in_utc,
    a_release_really_runs,
    a_release_is_missed_while_scheduled_scaling_is_suspended,
    a_release_of_the_same_name_replaces_the_first,
    a_past_release_is_refused_or_stored_and_never_runs,
    a_release_needs_a_registered_target,
    a_foreign_action_is_read_verbatim,
    the_actions_of_one_variant_are_its_own,
    all_actions_are_read_over_several_pages,
    the_actions_of_one_variant_are_read_over_several_pages,
    a_deleted_action_is_gone_and_its_neighbours_stay,
    deleting_a_missing_action_succeeds,
}

fn release(name: &str, schedule: &str) -> ScheduledAction {
    ScheduledAction {
        id: id(),
        name: name.into(),
        schedule: schedule.into(),
        timezone: Some("UTC".into()),
        min: Some(0),
        max: None,
    }
}

async fn a_release_is_a_one_time_action_in_utc(aws: &impl Aws, _: &Simulator) {
    aws.put_record(&id(), "lease", Record::floor(at(75))).await.unwrap();
    let expected = release("lease", "at(2030-01-07T14:01:15)");
    assert_eq!(aws.actions(&id()).await, Ok(vec![expected.clone()]));
    assert_eq!(aws.all_actions().await, Ok(vec![expected.clone()]));
    let fraction = at(75) + SignedDuration::from_millis(900);
    aws.put_record(&id(), "lease", Record::floor(fraction)).await.unwrap();
    assert_eq!(aws.actions(&id()).await, Ok(vec![expected]), "whole seconds");
}

async fn a_release_really_runs(aws: &impl Aws, sim: &Simulator) {
    aws.put_record(&id(), "lease", Record::floor(at(120))).await.unwrap();
    aws.set_min(&id(), 1).await.unwrap();
    sim.advance_to(at(119));
    assert_eq!(aws.target(&id()).await.unwrap().unwrap().min, 1);
    sim.advance_to(at(120));
    assert_eq!(aws.target(&id()).await.unwrap().unwrap().min, 0);
    assert_eq!(aws.actions(&id()).await, Ok(vec![]));
}

// What is missed is not made up.
async fn a_release_is_missed_while_scheduled_scaling_is_suspended(aws: &impl Aws, sim: &Simulator) {
    aws.put_record(&id(), "lease", Record::floor(at(120))).await.unwrap();
    aws.set_min(&id(), 1).await.unwrap();
    let scheduled = Suspended { scheduled: true, ..Suspended::default() };
    sim.with(|world| world.suspend(&id(), scheduled));
    sim.advance_to(at(130));
    sim.with(|world| world.suspend(&id(), Suspended::default()));
    sim.advance_to(at(600));
    assert_eq!(aws.target(&id()).await.unwrap().unwrap().min, 1);
}

async fn a_release_of_the_same_name_replaces_the_first(aws: &impl Aws, _: &Simulator) {
    aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap();
    aws.put_record(&id(), "hold", Record::floor(at(700))).await.unwrap();
    aws.put_record(&id(), "lease", Record::floor(at(60))).await.unwrap();
    let mut actions = aws.actions(&id()).await.unwrap();
    actions.sort_by(|a, b| a.name.cmp(&b.name));
    let hold = release("hold", "at(2030-01-07T14:11:40)");
    assert_eq!(actions, [hold, release("lease", "at(2030-01-07T14:01:00)")]);
}

async fn a_past_release_is_refused_or_stored_and_never_runs(aws: &impl Aws, sim: &Simulator) {
    sim.advance_to(at(600));
    let failure = aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap_err();
    assert_eq!(failure.operation, "PutScheduledAction");
    assert_eq!(failure.resource, "endpoint/my-endpoint/variant/AllTraffic");
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.answer.contains("ValidationException: The schedule"), "{failure}");
    assert_eq!(aws.actions(&id()).await, Ok(vec![]));

    sim.with(|world| world.settings.past_schedule = PastSchedule::Store);
    aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap();
    sim.with(|world| world.set_bounds(&id(), 1, 4));
    sim.advance(mins(10));
    assert_eq!(aws.actions(&id()).await.unwrap().len(), 1);
    assert_eq!(aws.target(&id()).await.unwrap().unwrap().min, 1);
}

async fn a_release_needs_a_registered_target(aws: &impl Aws, _: &Simulator) {
    let other = VariantId::new(ENDPOINT, "other");
    let failure = aws.put_record(&other, "lease", Record::floor(at(600))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotRegistered);
    assert_eq!(failure.resource, "endpoint/my-endpoint/variant/other");
    assert!(failure.answer.contains("No scalable target registered"), "{failure}");
}

async fn a_foreign_action_is_read_verbatim(aws: &impl Aws, sim: &Simulator) {
    let rows = [
        ("cron(0 8 ? * MON-FRI *)", Some("Europe/Berlin"), Some(1), Some(3)),
        ("rate(5 minutes)", None, None, Some(2)),
        ("at(2031-01-01T00:00:00)", Some("UTC"), Some(1), None),
    ];
    for (schedule, timezone, min, max) in rows {
        let put = ActionPut {
            name: "foreign".into(),
            schedule: Some(schedule.into()),
            timezone: timezone.map(Into::into),
            bounds: Some((min, max)),
        };
        sim.with(|world| world.plant_action(&id(), &put));
        let timezone = timezone.map(Into::into);
        let expected = ScheduledAction { timezone, min, max, ..release("foreign", schedule) };
        assert_eq!(aws.actions(&id()).await, Ok(vec![expected]));
    }
}

async fn the_actions_of_one_variant_are_its_own(aws: &impl Aws, sim: &Simulator) {
    let other = VariantId::new("my-endpoint-2", VARIANT);
    sim.with(|world| world.register_target(&other, 0, 1));
    aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap();
    aws.put_record(&other, "lease", Record::floor(at(600))).await.unwrap();
    let owners = |actions: Vec<ScheduledAction>| {
        actions.into_iter().map(|action| action.id).collect::<Vec<_>>()
    };
    assert_eq!(owners(aws.actions(&other).await.unwrap()), std::slice::from_ref(&other));
    assert_eq!(owners(aws.all_actions().await.unwrap()), [id(), other]);
    assert_eq!(aws.actions(&VariantId::new("missing", VARIANT)).await, Ok(vec![]));
}

async fn all_actions_are_read_over_several_pages(aws: &impl Aws, sim: &Simulator) {
    let ids = (0..101).map(|number| VariantId::new(format!("endpoint-{number:03}"), VARIANT));
    let ids = ids.collect::<Vec<_>>();
    let put = ActionPut::once("lease", at(600), Some(0), None);
    sim.with(|world| ids.iter().for_each(|id| world.plant_action(id, &put)));
    let mut found = aws.all_actions().await.unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(found.iter().map(|action| &action.id).eq(&ids), "each once: {found:?}");
    assert_eq!(sim.with(|world| world.calls("DescribeScheduledActions")), 3);
}

async fn the_actions_of_one_variant_are_read_over_several_pages(aws: &impl Aws, sim: &Simulator) {
    let names = (0..51).map(|number| format!("action-{number:03}")).collect::<Vec<_>>();
    sim.with(|world| {
        for name in &names {
            world.plant_action(&id(), &ActionPut::once(name, at(600), None, Some(1)));
        }
    });
    let mut found = aws.actions(&id()).await.unwrap();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.iter().map(|action| &action.name).eq(&names), "each once: {found:?}");
}

async fn a_deleted_action_is_gone_and_its_neighbours_stay(aws: &impl Aws, _: &Simulator) {
    aws.put_record(&id(), "lease", Record::floor(at(600))).await.unwrap();
    aws.put_record(&id(), "hold", Record::floor(at(600))).await.unwrap();
    aws.delete_action(&id(), "hold").await.unwrap();
    let names = aws.actions(&id()).await.unwrap().into_iter().map(|action| action.name);
    assert_eq!(names.collect::<Vec<_>>(), ["lease"]);
}

async fn deleting_a_missing_action_succeeds(aws: &impl Aws, sim: &Simulator) {
    assert_eq!(aws.delete_action(&id(), "lease").await, Ok(()));
    assert_eq!(aws.delete_action(&VariantId::new("missing", VARIANT), "lease").await, Ok(()));
    assert_eq!(sim.with(|world| world.calls("DeleteScheduledAction")), 2);
}
