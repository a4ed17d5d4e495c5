/** Where whoever answers a request leaves the pattern of its path, such as `/users/:id`: it holds nothing of the request. */
export interface RouteNote {
  route: string | undefined
}
