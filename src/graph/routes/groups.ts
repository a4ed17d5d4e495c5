import * as groups from '../groups.ts'
import { get, item, list, patch, post, type Route, remove } from '../route.ts'

const area = { area: 'group' } as const
const page = { ...area, ...list }
const places = { area: 'person', ...list } as const
const user = '/users/:user'
const group = '/groups/:group'
const reaches = [
  ['memberOf', 'direct'],
  ['transitiveMemberOf', 'all'],
] as const
const lists = [
  ['members', groups.listMembers],
  ['transitiveMembers', groups.listTransitiveMembers],
] as const

/** Groups, who is in them, and what somebody is in. */
export const groupRoutes: readonly Route[] = [
  get('/groups', groups.listGroups, page),
  post('/groups', groups.createGroup, area),
  get(group, groups.getGroup, { ...area, ...item }),
  patch(group, groups.patchGroup, area),
  remove(group, groups.deleteGroup, area),
  ...lists.flatMap(([name, listOf]) => [
    get(`${group}/${name}`, listOf('all'), page),
    get(`${group}/${name}/microsoft.graph.user`, listOf('users'), page),
    get(`${group}/${name}/microsoft.graph.group`, listOf('groups'), page),
  ]),
  post(`${group}/members/$ref`, groups.addMember, area),
  remove(`${group}/members/:member/$ref`, groups.removeMember, area),
  ...reaches.flatMap(([name, reach]) => [
    get(`${group}/${name}`, groups.listGroupsOfGroup(reach), page),
    get(`${user}/${name}`, groups.listPlacesOfUser(reach, 'all'), places),
    get(`${user}/${name}/microsoft.graph.group`, groups.listPlacesOfUser(reach, 'groups'), places),
    get(
      `${user}/${name}/microsoft.graph.directoryRole`,
      groups.listPlacesOfUser(reach, 'roles'),
      places,
    ),
  ]),
  post(`${user}/getMemberGroups`, groups.getMemberGroups, { area: 'person', use: 'read' }),
  post(`${user}/checkMemberGroups`, groups.checkMemberGroups, { area: 'person', use: 'read' }),
]
