import { graphql } from 'react-relay';

// What is read again by its id alone.
graphql`
  fragment ClientCard_client on Client @refetchable(queryName: "ClientCardAgainQuery") {
    name
    revision
    trackers {
      state
      used
      remaining
      endDate
      color
    }
  }
`;
