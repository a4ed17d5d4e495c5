import * as groups from '../groups.ts'
import { directory, get, item, list, patch, post, type Route, remove } from '../route.ts'

const page = { ...directory, ...list }
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
  post('/groups', groups.createGroup, directory),
  get(group, groups.getGroup, { ...directory, ...item }),
  patch(group, groups.patchGroup, directory),
  remove(group, groups.deleteGroup, directory),
  ...lists.flatMap(([name, listOf]) => [
    get(`${group}/${name}`, listOf('all'), page),
    get(`${group}/${name}/microsoft.graph.user`, listOf('users'), page),
    get(`${group}/${name}/microsoft.graph.group`, listOf('groups'), page),
  ]),
  post(`${group}/members/$ref`, groups.addMember, directory),
  remove(`${group}/members/:member/$ref`, groups.removeMember, directory),
  ...reaches.flatMap(([name, reach]) => [
    get(`${group}/${name}`, groups.listGroupsOfGroup(reach), page),
    get(`${user}/${name}`, groups.listPlacesOfUser(reach, 'all'), page),
    get(`${user}/${name}/microsoft.graph.group`, groups.listPlacesOfUser(reach, 'groups'), page),
    get(
      `${user}/${name}/microsoft.graph.directoryRole`,
      groups.listPlacesOfUser(reach, 'roles'),
      page,
    ),
  ]),
  post(`${user}/getMemberGroups`, groups.getMemberGroups, directory),
  post(`${user}/checkMemberGroups`, groups.checkMemberGroups, directory),
]
