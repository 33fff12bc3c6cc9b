import { graphql } from 'react-relay';

graphql`
  subscription DialogSubscription($appointmentId: ID!, $knownRevision: Int) {
    appointmentBanner(appointmentId: $appointmentId, knownRevision: $knownRevision) {
      revision
      reason
      primary {
        used
        remaining
        sessionNumber
      }
      moreCount
    }
  }
`;

graphql`
  mutation DialogDeleteMutation($input: AppointmentIdInput!) {
    deleteAppointment(input: $input) {
      deletedId @deleteRecord
      errors {
        code
      }
    }
  }
`;
