import * as groups from '../groups.ts'
import * as resource from '../resource/people.ts'
import { get, item, list, objects, patch, post, type Route, remove } from '../route.ts'
import {
  boundGroupBody,
  groupQuestionBody,
  memberGroupsBody,
  newGroupBody,
} from '../shape/group.ts'
import { referenceBody } from '../shape/reference.ts'

const area = { area: 'group' } as const
const page = { ...area, ...list }
const members = { ...area, ...objects }
const places = { area: 'person', ...objects } as const
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
  get('/groups', groups.listGroups, page, resource.group),
  post('/groups', groups.createGroup, area, { body: newGroupBody, answer: resource.group }),
  get(group, groups.getGroup, { ...area, ...item }, resource.group),
  patch(group, groups.patchGroup, { ...area, creates: resource.group }, boundGroupBody),
  remove(group, groups.deleteGroup, area),
  ...lists.flatMap(([name, listOf]) => [
    get(`${group}/${name}`, listOf('all'), members, resource.member),
    get(`${group}/${name}/microsoft.graph.user`, listOf('users'), members, resource.member),
    get(`${group}/${name}/microsoft.graph.group`, listOf('groups'), members, resource.member),
  ]),
  post(`${group}/members/$ref`, groups.addMember, area, { body: referenceBody }),
  remove(`${group}/members/:member/$ref`, groups.removeMember, area),
  ...reaches.flatMap(([name, reach]) => [
    get(`${group}/${name}`, groups.listGroupsOfGroup(reach), members, resource.place),
    get(`${user}/${name}`, groups.listPlacesOfUser(reach, 'all'), places, resource.place),
    get(
      `${user}/${name}/microsoft.graph.group`,
      groups.listPlacesOfUser(reach, 'groups'),
      places,
      resource.place,
    ),
    get(
      `${user}/${name}/microsoft.graph.directoryRole`,
      groups.listPlacesOfUser(reach, 'roles'),
      places,
      resource.place,
    ),
  ]),
  post(
    `${user}/getMemberGroups`,
    groups.getMemberGroups,
    { area: 'person', use: 'read' },
    { body: memberGroupsBody, answer: resource.ids, status: 200 },
  ),
  post(
    `${user}/checkMemberGroups`,
    groups.checkMemberGroups,
    { area: 'person', use: 'read' },
    { body: groupQuestionBody, answer: resource.ids, status: 200 },
  ),
]
