import { graphql } from 'react-relay';

// A list that is paged through and added to.
graphql`
  fragment ClientList_query on Query
  @refetchable(queryName: "ClientListPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }, search: { type: "String" }) {
    clients(first: $count, after: $cursor, search: $search) @connection(key: "ClientList_clients") {
      edges {
        node {
          id
          ...ClientCard_client
        }
      }
    }
  }
`;

graphql`
  query ClientListQuery($search: String) {
    ...ClientList_query @arguments(search: $search)
  }
`;

graphql`
  mutation ClientListCreateMutation($input: CreateClientInput!, $connections: [ID!]!) {
    createClient(input: $input) {
      client @appendNode(connections: $connections, edgeTypeName: "ClientEdge") {
        id
        ...ClientCard_client
      }
      errors {
        code
        message
        path
      }
    }
  }
`;
