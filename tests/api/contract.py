"""The contract of the API, as data: what front ends were promised."""

from typing import Final

CONTRACT: Final = """
scalar Date
scalar DateTime
scalar Color
scalar TimeZone
interface Node { id: ID! }
type Query {
  viewer: Viewer!
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
  practice: Practice!
  client(id: ID!): Client
  clients(search: String, first: Int = 20, after: String): ClientConnection!
  appointment(id: ID!): Appointment
  appointments(from: Date, to: Date, status: [AppointmentStatus!], clientId: ID, first: Int = 20, after:
    String): AppointmentConnection!
  trackers(filter: TrackerFilter, orderBy: TrackerOrder = LEAST_REMAINING, first: Int = 20, after: String):
    TrackerConnection!
  tasks(filter: TaskFilter, first: Int = 20, after: String): TaskConnection!
  staff(first: Int = 20, after: String): StaffMemberConnection!
  auditLog(filter: AuditLogFilter, first: Int = 20, after: String): HistoryEntryConnection!
}
type Subscription {
  appointmentBanner(appointmentId: ID!, knownRevision: Int): Banner!
  clientTrackers(clientId: ID!, knownRevision: Int): Client!
  board(soonDays: Int = 14, nearlyUsed: Int = 2): Board!
  taskInbox(assigneeId: ID): TaskInbox!
}
type Mutation {
  createClient(input: CreateClientInput!): ClientPayload!
  updateClient(input: UpdateClientInput!): ClientPayload!
  scheduleAppointment(input: ScheduleAppointmentInput!): AppointmentPayload!
  rescheduleAppointment(input: RescheduleAppointmentInput!): AppointmentPayload!
  completeAppointment(input: AppointmentIdInput!): AppointmentPayload!
  cancelAppointment(input: AppointmentIdInput!): AppointmentPayload!
  markAppointmentMissed(input: AppointmentIdInput!): AppointmentPayload!
  reopenAppointment(input: AppointmentIdInput!): AppointmentPayload!
  deleteAppointment(input: AppointmentIdInput!): DeletePayload!
  createTracker(input: CreateTrackerInput!): TrackerPayload!
  updateTracker(input: UpdateTrackerInput!): TrackerPayload!
  removeTracker(input: TrackerIdInput!): TrackerPayload!
  reorderTrackers(input: ReorderTrackersInput!): ClientPayload!
  completeTask(input: TaskIdInput!): TaskPayload!
  reopenTask(input: TaskIdInput!): TaskPayload!
  reassignTask(input: ReassignTaskInput!): TaskPayload!
  updatePractice(input: UpdatePracticeInput!): PracticePayload!
  createStaffMember(input: CreateStaffMemberInput!): StaffMemberPayload!
  updateStaffMember(input: UpdateStaffMemberInput!): StaffMemberPayload!
}
enum AppointmentStatus { SCHEDULED COMPLETED CANCELLED MISSED }
enum TrackerState { UPCOMING ACTIVE LIMIT_REACHED EXPIRED REMOVED }
enum TaskTrigger { COUNT_REACHED END_DATE WHICHEVER_COMES_FIRST }
enum TaskReason { COUNT_REACHED END_DATE }
enum TaskStatus { OPEN DONE WITHDRAWN }
enum Role { ADMIN STAFF READ_ONLY INTEGRATION }
enum TrackerOrder { LEAST_REMAINING END_DATE CLIENT_NAME CREATED_AT }
enum ChangeReason { SNAPSHOT COMPLETION CORRECTION TRACKER_EDIT RESET EXPIRY NEW_DAY RESYNC }
type Viewer { staffMember: StaffMember practice: Practice! role: Role! }
type Practice implements Node { id: ID! name: String! timeZone: TimeZone! today: Date! }
type StaffMember implements Node { id: ID! name: String! email: String! role: Role! active: Boolean! }
type Client implements Node {
  id: ID! name: String! externalId: String
  revision: Int!
  trackers: [Tracker!]!
  appointments(from: Date, to: Date, first: Int = 20, after: String): AppointmentConnection!
  tasks(status: [TaskStatus!]): [Task!]!
}
type Appointment implements Node {
  id: ID! client: Client! startsAt: DateTime! endsAt: DateTime! serviceDate: Date!
  status: AppointmentStatus! practitioner: StaffMember service: String externalId: String
  banner: Banner!
}
type Tracker implements Node {
  id: ID! client: Client! slot: Int! state: TrackerState!
  sessionLimit: Int! beginDate: Date! endDate: Date note: String color: Color! autoReset: Boolean!
  taskRule: TaskRule
  used: Int! remaining: Int! over: Int!
  currentPeriod: Period!
  periods(first: Int = 20, after: String): PeriodConnection!
  history(first: Int = 20, after: String): HistoryEntryConnection!
  createdAt: DateTime! updatedAt: DateTime!
}
type TaskRule { assignee: StaffMember! trigger: TaskTrigger! }
type Period { number: Int! beginDate: Date! endDate: Date sessionLimit: Int! used: Int! remaining: Int! over:
    Int! closedAt: DateTime task: Task }
type Task implements Node {
  id: ID! title: String! client: Client! tracker: Tracker! period: Period! assignee: StaffMember!
  reason: TaskReason! status: TaskStatus! createdAt: DateTime! closedAt: DateTime
}
type HistoryEntry {
  id: ID! at: DateTime! what: String! actor: Actor! subjectId: ID! subject: Node client: Client before: JSON after: JSON
}
type Actor { label: String! staffMember: StaffMember }
type Banner {
  appointmentId: ID! clientId: ID! revision: Int! reason: ChangeReason!
  trackers: [BannerTracker!]!
  primary: BannerTracker moreCount: Int!
}
type BannerTracker {
  trackerId: ID! state: TrackerState! sessionLimit: Int! used: Int! remaining: Int! over: Int!
  sessionNumber: Int
  beginDate: Date! endDate: Date note: String color: Color!
}
type Board { revision: Int! counts: BoardCounts! nearlyUsed: [Tracker!]! endingSoon: [Tracker!]! expired: [Tracker!]! }
type BoardCounts { active: Int! limitReached: Int! expired: Int! upcoming: Int! openTasks: Int! }
type TaskInbox { openCount: Int! tasks: [Task!]! }
type UserError { code: ErrorCode! message: String! path: [String!] }
input CreateTrackerInput {
  clientId: ID! sessionLimit: Int! beginDate: Date! endDate: Date note: String color: Color autoReset: Boolean = false
  taskRule: TaskRuleInput
}
input TaskRuleInput { assigneeId: ID! trigger: TaskTrigger! }
input UpdateTrackerInput {
  trackerId: ID! sessionLimit: Int beginDate: Date endDate: Date note: String color: Color autoReset: Boolean
  taskRule: TaskRuleInput expectedUpdatedAt: DateTime
}
input CreateClientInput { name: String! externalId: String }
input ScheduleAppointmentInput { clientId: ID! startsAt: DateTime! endsAt: DateTime! practitionerId: ID
    service: String externalId: String }
input RescheduleAppointmentInput { appointmentId: ID! startsAt: DateTime! endsAt: DateTime! }
input TrackerFilter { state: [TrackerState!] clientId: ID remainingAtMost: Int endsOnOrBefore: Date }
input AuditLogFilter { subjectId: ID clientId: ID actorId: ID actorLabel: String since: DateTime until: DateTime }
input TaskFilter { status: [TaskStatus!] assigneeId: ID clientId: ID }
"""
